// Facts of a day of a pharmacy, and the words of rules about them, as a wordsmith is given them.
import type { JsonObject } from "../../src/lib/canonical-json.ts";

export const dayFacts: JsonObject = {
  date: "2026-03-03",
  zone: "America/Lima",
  compared_with: "2026-02-24",
  transactions: 1234,
  change_events: 5120,
  unexplained_changes: 3,
  by_type: [
    { type: "sale.completed", label: "Sale completed", count: 410, week_before: 395, amount: "25482.60" },
    { type: "sale.returned", label: "Sale returned", count: 17, week_before: 9, amount: "-612.40" },
    { type: "stock.adjusted", label: "Stock adjusted", count: 22, week_before: 21, amount: null },
  ],
  by_branch: [
    { branch: "Lima Norte", count: 300, amount: "18450.50" },
    { branch: "Miraflores", count: 110, amount: "7032.10" },
  ],
  by_user: [
    { user: "Ana Torres", count: 120 },
    { user: "Luis Vega", count: 98 },
    { user: "María de la Cruz", count: 61 },
    { user: "jperez", count: 4 },
  ],
  movements: [{ type: "stock.adjusted", entity: "INV-2041", product: "Paracetamol 500 mg", amount: "-48" }],
  anomalies: [
    {
      anomaly_id: "0b6e1c8e-5f2d-5a57-9d2e-0c7f5d1f9a11",
      kind: "shrinkage",
      severity: "high",
      at: "2026-03-03T14:15:00.000000Z",
      value: 48,
      baseline: 1.5,
      z: 6.2,
      reason: "48 units of Paracetamol 500 mg left the stock of Lima Norte, usually 1.5",
    },
    {
      anomaly_id: "6a1f7d5c-9f0e-5c19-8a36-11e5a8b0c0de",
      kind: "after_hours",
      severity: "low",
      at: "2026-03-04T04:40:00.000000Z",
      value: 1,
      reason: "jperez changed a price when the shop was closed",
    },
  ],
  gaps: [],
};

export const dayPlain = {
  en: "Tuesday 3 March 2026 had 2 anomalies: 48 units of Paracetamol 500 mg left the stock of Lima Norte, usually 1.5, and jperez changed a price at 23:40 when the shop was closed. There were 1,234 transactions. 410 sales were completed, 395 a week before; 17 were returned, 9 a week before. Nothing is missing from the trail: there are no gaps.",
  es: "El martes 3 de marzo de 2026 hubo 2 anomalías: salieron 48 unidades de Paracetamol 500 mg del stock de Lima Norte, lo habitual es 1,5, y jperez cambió un precio a las 23:40, con la tienda cerrada. Hubo 1234 transacciones. Se completaron 410 ventas, 395 una semana antes; se devolvieron 17, 9 una semana antes. No hay huecos.",
};

/** As a model that keeps to the facts might say it. */
export const goodTexts = {
  en: [
    "Tuesday, March 3, 2026 was a busy day with 1,234 transactions and 5,120 row changes, three of which remain unexplained. Completed sales reached 410, compared with 395 on the same weekday a week before.\n\nLima Norte led with 300 events worth 18,450.50, followed by Miraflores with 110 and 7,032.10. Ana Torres was the most active user with 120 events, ahead of Luis Vega with 98.\n\nTwo anomalies stand out. At 9:15 am, 48 units of Paracetamol 500 mg left the stock of Lima Norte, against a usual 1.5. At 11:40 pm, user jperez changed a price when the shop was closed. There were no gaps.",
    "The most unusual event on 2026-03-03 was a stock adjustment of high severity: 48 units of Paracetamol 500 mg (INV-2041) left Lima Norte, where 1.5 is normal.\n\nReturns rose to 17 from 9 the week before. Sales stayed close to their earlier level, with 410 against 395. Stock was adjusted 22 times, compared to 21.\n\nThe trail covers the whole day and has no gaps.",
    "About 1,200 transactions were recorded on March 3rd. María de la Cruz handled 61 of the events and Torres 120. Vega followed with ninety-eight.",
    "There were 2 anomalies on 3 March: one of high severity at 09:15 and one of low severity at 23:40. Sales came to about 25,500 in total.",
  ],
  es: [
    "El martes 3 de marzo de 2026 fue un día con 1.234 transacciones y 5 120 cambios de fila, de los cuales tres siguen sin explicación. Se completaron 410 ventas, frente a 395 una semana antes.\n\nLima Norte registró 300 eventos por 18.450,50 y Miraflores 110, por 7032,10. Ana Torres fue la usuaria más activa, con 120 eventos, seguida de Luis Vega, con 98.\n\nDestacan dos anomalías. A las 9:15 a. m. salieron 48 unidades de Paracetamol 500 mg del stock de Lima Norte; lo habitual es 1,5. A las 23:40, jperez cambió un precio con la tienda cerrada. No hubo huecos.",
    "Lo más inusual del día fue un ajuste de stock de gravedad alta: salieron 48 unidades de Paracetamol 500 mg en Lima Norte, cuando lo normal es 1,5.\n\nLas devoluciones subieron a 17, desde 9 la semana anterior. Las ventas se mantuvieron cerca de su nivel anterior: 410 frente a 395.\n\nEl registro cubre toda la jornada y no tiene huecos.",
    "Se registraron unas 1.200 transacciones el 3 de marzo. María de la Cruz realizó 61 de los eventos y Torres 120; Vega, noventa y ocho.",
    "Hubo 2 anomalías el 3 de marzo: una de gravedad alta a las 09:15 y otra de gravedad baja a las 23:40. Las ventas sumaron alrededor de 25.500 en total.",
  ],
};
