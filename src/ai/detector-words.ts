// ai: what each detector measures, against what, and what a person looks at next, in both languages. A detector that is not here is
// told with its value and baseline alone.
import type { Language } from "../model/language.ts";
import type { Telling } from "./telling.ts";

/** Shortened; a name that the detector did not give is undefined. */
export type Numbers = Readonly<Record<string, number | undefined>>;

export interface DetectorWords {
  /** "45, where about 3 were to be expected"; undefined where a number is missing. */
  measured: (numbers: Numbers, telling: Telling) => string | undefined;
  /** What it was held against: a sentence without its point. */
  against: (numbers: Numbers, telling: Telling) => string;
  /** Sentences. */
  next: string;
}

type Words = Readonly<Record<string, DetectorWords>>;

const given = (...values: (number | undefined)[]): boolean => values.every((value) => value !== undefined);

const english: Words = {
  volume: {
    measured: ({ value = 0, baseline = 0, samples }, { number }) =>
      given(samples) ? `${number(value)}, where about ${number(baseline)} were to be expected` : undefined,
    against: ({ samples = 0 }, { count }) =>
      `The count was held against ${count(samples, ["other measure", "other measures"])}: what others did at the same time, or earlier days of its own`,
    next: "Look at the events one by one for a delivery, a stocktake or a campaign that explains them; if there is none, ask who was on duty and count again on the spot.",
  },
  rate: {
    measured: ({ value = 0, baseline = 0, days }, { number, count }) =>
      days === undefined
        ? undefined
        : `${number(value)} in ${count(days, ["day", "days"])}, where about ${number(baseline)} were to be expected`,
    against: ({ samples = 0 }, { number }) =>
      `That is the rate of all the others, from ${number(samples)} of their events`,
    next: "Compare the receipts of these events with what the customers say, and see whether the same hand did the sale and the undoing.",
  },
  repeat: {
    measured: ({ value = 0, baseline = 0, days }, { number, count, times }) =>
      days === undefined
        ? undefined
        : `${times(value)} in ${count(days, ["day", "days"])}, where chance would give about ${number(baseline)} more`,
    against: ({ samples = 0 }, { number }) =>
      `How often one comes back by chance was learned from ${number(samples)} events of others`,
    next: "Count the thing itself, then read the reasons that were written each time: repeated small losses of one product seldom have many causes.",
  },
  "after-hours": {
    measured: ({ hour, hours_away = 0 }, { count }) =>
      hour === undefined ? undefined : `${count(hours_away, ["hour", "hours"])} away from the nearest hour of work`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "The hours of work are those of the settings"
        : `The hours of work were learned from ${count(samples, ["day", "days"])}`,
    next: "Ask who had keys and a login at that time, and whether an inventory, a repair or a late delivery was planned.",
  },
  "first-time": {
    measured: ({ samples, values = 0 }, { number, count }) =>
      samples === undefined
        ? undefined
        : `never seen in ${count(samples, ["earlier event", "earlier events"])}, which had ${number(values)} other values`,
    against: ({ samples = 0 }, { count }) => `It is new against ${count(samples, ["earlier event", "earlier events"])}`,
    next: "Ask who allowed it and whether there is a request in writing; if not, take it back first and ask then.",
  },
  self: {
    measured: ({ value }, { times }) => (value === undefined ? undefined : `${times(value)} in a day, on themselves`),
    against: () => "No baseline is needed: nobody should change what they are themselves",
    next: "Take the right back, and look at all this person has done since they had it.",
  },
  burst: {
    measured: ({ value, baseline = 0 }, { number }) =>
      value === undefined
        ? undefined
        : `${number(value)} at once${baseline === 0 ? "" : `, where about ${number(baseline)} were usual`}`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "There were no such bursts before"
        : `It was held against ${count(samples, ["earlier burst", "earlier bursts"])}`,
    next: "See whether a job of maintenance was planned; the trail holds what the rows were before, so they can be put back.",
  },
  duplicate: {
    measured: ({ value }, { count }) =>
      value === undefined ? undefined : `${count(value, ["pair", "pairs"])} alike, each in one second`,
    against: () => "One pair may be two customers who buy the same; it is the number of them that counts",
    next: "Compare the two of each pair with receipts and card payments, and look for a till or a network that sends twice.",
  },
  pair: {
    measured: ({ value = 0, baseline = 0, samples }, { number, times }) =>
      given(samples) ? `met ${times(value)}, where about ${number(baseline)} were to be expected` : undefined,
    against: ({ samples = 0 }, { count }) =>
      `Chance was reckoned from ${count(samples, ["event", "events"])} of all people there`,
    next: "Compare the shifts of the two, look at the customers of these events, and let a third person handle such cases for a while.",
  },
  reverted: {
    measured: ({ value, times: often = 1 }, { count, times }) =>
      value === undefined
        ? undefined
        : `there and back within ${count(value, ["minute", "minutes"])}${often > 1 ? `, ${times(often)}` : ""}`,
    against: ({ limit = 0 }, { count }) =>
      `What is put back within ${count(limit, ["minute", "minutes"])} counts as there and back`,
    next: "Look at what was done between the two changes, above all sales to one customer or by one person.",
  },
  amount: {
    measured: ({ value, samples }, { number }) =>
      value === undefined || samples === undefined ? undefined : `${number(value)} times what it was`,
    against: ({ samples = 0 }, { count }) =>
      `It was held against the last ${count(samples, ["step", "steps"])}, which were far smaller`,
    next: "Compare the new value with the supplier's list, look for a slipped decimal point, and at what was sold at that price.",
  },
  unfinished: {
    measured: ({ value }, { count }) =>
      value === undefined ? undefined : `open for ${count(value, ["hour", "hours"])}`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "There is no earlier case to compare it with"
        : `It was held against ${count(samples, ["earlier case", "earlier cases"])} that ended`,
    next: "Ask at both ends: whether it was sent, who drove it, and whether it arrived but was not entered.",
  },
};

const spanish: Words = {
  volume: {
    measured: ({ value = 0, baseline = 0, samples }, { number }) =>
      given(samples) ? `${number(value)}, cuando lo esperable eran unos ${number(baseline)}` : undefined,
    against: ({ samples = 0 }, { count }) =>
      `La cuenta se comparó con ${count(samples, ["medida", "medidas"])}: lo que otros hicieron a la misma hora, o días anteriores propios`,
    next: "Conviene mirar los eventos uno por uno, por si los explica una entrega, un inventario o una campaña; si no, preguntar quién estaba de turno y volver a contar en el lugar.",
  },
  rate: {
    measured: ({ value = 0, baseline = 0, days }, { number, count }) =>
      days === undefined
        ? undefined
        : `${number(value)} en ${count(days, ["día", "días"])}, cuando lo esperable eran unos ${number(baseline)}`,
    against: ({ samples = 0 }, { number }) =>
      `Esa es la proporción de todos los demás, según ${number(samples)} eventos suyos`,
    next: "Conviene comparar los comprobantes de estos eventos con lo que dicen los clientes, y ver si la misma mano hizo la venta y la deshizo.",
  },
  repeat: {
    measured: ({ value = 0, baseline = 0, days }, { number, count, times }) =>
      days === undefined
        ? undefined
        : `${times(value)} en ${count(days, ["día", "días"])}, cuando el azar daría unas ${number(baseline)} más`,
    against: ({ samples = 0 }, { count }) =>
      `Cuánto se repite algo por azar se aprendió de ${count(samples, ["evento ajeno", "eventos ajenos"])}`,
    next: "Conviene contar la mercadería y leer los motivos que se anotaron cada vez: las pérdidas pequeñas y repetidas de un mismo producto rara vez tienen muchas causas.",
  },
  "after-hours": {
    measured: ({ hour, hours_away = 0 }, { count }) =>
      hour === undefined ? undefined : `a ${count(hours_away, ["hora", "horas"])} de la hora de trabajo más cercana`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "El horario de trabajo es el de la configuración"
        : `El horario de trabajo se aprendió de ${count(samples, ["día", "días"])}`,
    next: "Conviene preguntar quién tenía llaves y acceso a esa hora, y si había un inventario, una reparación o una entrega tardía prevista.",
  },
  "first-time": {
    measured: ({ samples, values = 0 }, { count }) =>
      samples === undefined
        ? undefined
        : `nunca visto en ${count(samples, ["evento anterior", "eventos anteriores"])}, que tenían ${count(values, ["valor distinto", "valores distintos"])}`,
    against: ({ samples = 0 }, { count }) =>
      `Es nuevo frente a ${count(samples, ["evento anterior", "eventos anteriores"])}`,
    next: "Conviene preguntar quién lo autorizó y si hay una solicitud por escrito; si no la hay, primero revertirlo y después preguntar.",
  },
  self: {
    measured: ({ value }, { times }) =>
      value === undefined ? undefined : `${times(value)} en un día, sobre su propio usuario`,
    against: () => "No hace falta comparar: nadie debería cambiar lo que es él mismo",
    next: "Conviene retirar el permiso y revisar todo lo que esa persona hizo desde que lo tuvo.",
  },
  burst: {
    measured: ({ value, baseline = 0 }, { number }) =>
      value === undefined
        ? undefined
        : `${number(value)} de golpe${baseline === 0 ? "" : `, cuando lo usual eran unos ${number(baseline)}`}`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "Antes no hubo ráfagas así"
        : `Se comparó con ${count(samples, ["ráfaga anterior", "ráfagas anteriores"])}`,
    next: "Conviene ver si había una tarea de mantenimiento prevista; el registro guarda cómo eran las filas antes, así que pueden restaurarse.",
  },
  duplicate: {
    measured: ({ value }, { count }) =>
      value === undefined
        ? undefined
        : `${count(value, ["par idéntico", "pares idénticos"])}, cada uno en un mismo segundo`,
    against: () => "Un par puede ser de dos clientes que compran lo mismo; lo que cuenta es cuántos son",
    next: "Conviene comparar los dos de cada par con los comprobantes y los pagos con tarjeta, y buscar una caja o una red que envíe dos veces.",
  },
  pair: {
    measured: ({ value = 0, baseline = 0, samples }, { number, times }) =>
      given(samples) ? `coincidieron ${times(value)}, cuando lo esperable eran unas ${number(baseline)}` : undefined,
    against: ({ samples = 0 }, { count }) =>
      `El azar se calculó con ${count(samples, ["evento", "eventos"])} de todas las personas del lugar`,
    next: "Conviene comparar los turnos de ambos, mirar los clientes de estos eventos y dejar que una tercera persona atienda estos casos por un tiempo.",
  },
  reverted: {
    measured: ({ value, times: often = 1 }, { count, times }) =>
      value === undefined
        ? undefined
        : `ida y vuelta en ${count(value, ["minuto", "minutos"])}${often > 1 ? `, ${times(often)}` : ""}`,
    against: ({ limit = 0 }, { count }) =>
      `Lo que se deshace en menos de ${count(limit, ["minuto", "minutos"])} cuenta como ida y vuelta`,
    next: "Conviene mirar qué se hizo entre los dos cambios, sobre todo ventas a un mismo cliente o de una misma persona.",
  },
  amount: {
    measured: ({ value, samples }, { number }) =>
      value === undefined || samples === undefined ? undefined : `${number(value)} veces lo que era`,
    against: ({ samples = 0 }, { count }) =>
      `Se comparó con ${count(samples, ["cambio anterior", "cambios anteriores"])}, mucho menores`,
    next: "Conviene comparar el valor nuevo con la lista del proveedor, buscar una coma mal puesta y ver qué se vendió a ese precio.",
  },
  unfinished: {
    measured: ({ value }, { count }) =>
      value === undefined ? undefined : `pendiente desde hace ${count(value, ["hora", "horas"])}`,
    against: ({ samples = 0 }, { count }) =>
      samples === 0
        ? "No hay un caso anterior con el que comparar"
        : `Se comparó con ${count(samples, ["caso anterior", "casos anteriores"])} que sí terminaron`,
    next: "Conviene preguntar en ambos extremos: si salió, quién lo llevó y si llegó pero no se anotó.",
  },
};

const others: Record<Language, DetectorWords> = {
  en: {
    measured: ({ value, baseline }, { number }) =>
      value === undefined
        ? undefined
        : baseline === undefined
          ? number(value)
          : `${number(value)} against ${number(baseline)}`,
    against: ({ samples }, { number }) =>
      samples === undefined ? "" : `The baseline rests on ${number(samples)} samples`,
    next: "Look at the events it rests on, and ask the person or the branch they name.",
  },
  es: {
    measured: ({ value, baseline }, { number }) =>
      value === undefined
        ? undefined
        : baseline === undefined
          ? number(value)
          : `${number(value)} frente a ${number(baseline)}`,
    against: ({ samples }, { number }) =>
      samples === undefined ? "" : `La base de comparación son ${number(samples)} muestras`,
    next: "Conviene mirar los eventos en que se apoya y preguntar a la persona o a la sucursal que nombran.",
  },
};

export function detectorWords(detector: string | null, lang: Language): DetectorWords {
  const words = lang === "es" ? spanish : english;
  return detector !== null && Object.hasOwn(words, detector) ? words[detector]! : others[lang];
}
