// ai: the sentences of a day's story in Spanish.
import { anomalyPhrase, entityPhrase, personPhrase, severityWords } from "./anomaly-phrase.ts";
import type { SummaryFacts } from "./summary-facts.ts";
import { lowerFirst, type Noun, type Telling, upperFirst } from "./telling.ts";
import type { SummaryParts } from "./write-summary.ts";

const transaction: Noun = ["transacción", "transacciones"];
const rowChange: Noun = ["cambio de fila", "cambios de fila"];
const businessEvent: Noun = ["evento de negocio", "eventos de negocio"];
const event: Noun = ["evento", "eventos"];

export function summaryInSpanish(facts: SummaryFacts, telling: Telling): SummaryParts {
  return {
    unusual: () => [head(facts, telling), ...anomalies(facts, telling), ...gaps(facts, telling)],
    figures: () =>
      facts.transactions === 0 ? quiet(facts, telling) : [totals(facts, telling), clockTimes(facts, telling)],
    details: () => [...types(facts, telling), ...places(facts, telling), ...movements(facts, telling)],
    limits: () => limits(facts, telling),
  };
}

function head(
  { date, transactions, trail_begins, anomalies: found, ...facts }: SummaryFacts,
  telling: Telling,
): string {
  const { day, count, number, list } = telling;
  if (found.count > 0) {
    const severities = (["high", "medium", "low"] as const).filter((severity) => found[severity] > 0);
    const [only] = severities;
    const told =
      severities.length === 1 && only !== undefined
        ? `${found.count === 1 ? "" : "todas "}de gravedad ${severityWords.es[only]}`
        : list(severities.map((each) => `${number(found[each])} de gravedad ${severityWords.es[each]}`));
    const verb = found.count === 1 ? "consta" : "constan";
    return `El ${day(date)} ${verb} ${count(found.count, ["anomalía", "anomalías"])}, ${told}.`;
  }
  if (transactions > 0) return `El ${day(date)} no consta ninguna anomalía.`;
  if (facts.begins_after_the_day && trail_begins !== null) {
    const begins = `${telling.day(trail_begins.slice(0, 10))} ${telling.at(trail_begins)}`;
    return `El registro no tiene nada del ${day(date)}: empieza el ${begins}.`;
  }
  return `El ${day(date)} no se registró nada: ninguna transacción, ningún cambio de fila.`;
}

function anomalies({ date, anomalies: found }: SummaryFacts, telling: Telling): string[] {
  if (found.count === 0) return [];
  const { gravest, kinds, more_kinds } = found;
  const phrases = gravest.map((anomaly) => anomalyPhrase(anomaly, telling, date));
  if (found.count <= gravest.length) return phrases.map((phrase) => `${upperFirst(phrase)}.`);
  const kindsTold = kinds.map(({ label, count }) => `${lowerFirst(label)} ${telling.number(count)}`);
  const more = more_kinds === 0 ? [] : [telling.count(more_kinds, ["clase más", "clases más"])];
  return [`Por clase: ${telling.list([...kindsTold, ...more])}.`, `Las más graves: ${phrases.join("; ")}.`];
}

function gaps({ gaps: told, gap_count, more_gaps, date }: SummaryFacts, { number, at, shortDay }: Telling): string[] {
  if (gap_count === 0) return [];
  const each = told.map(
    (gap) => `${at(gap.at)}${gap.at.startsWith(date) ? "" : ` del ${shortDay(gap.at)}`} («${quoted(gap.reason)}»)`,
  );
  const more = more_gaps > 0 ? ` y ${number(more_gaps)} más` : "";
  const what =
    gap_count === 1 ? "Se anotó un hueco en el registro" : `Se anotaron ${number(gap_count)} huecos en el registro`;
  const inside = gap_count === 1 ? "él" : "ellos";
  return [`${what} ${each.join(", ")}${more}; lo que ocurrió en ${inside} no está en ninguna de estas cifras.`];
}

function quoted(text: string): string {
  return text.replace(/[«»]/g, "'").replace(/\.$/, "");
}

function quiet({ compared, is_newest_day, begins_after_the_day, gap_count }: SummaryFacts, telling: Telling): string[] {
  const { shortDay, number, list } = telling;
  if (begins_after_the_day) return [];
  const days = compared.map(({ date, weekday }) => `el ${weekday} ${shortDay(date)}`);
  const before = compared.map(
    ({ business_events }, index) => `${days[index]} hubo ${business_events === 0 ? "cero" : number(business_events)}`,
  );
  const isSame = compared.every(({ business_events }) => business_events === 0);
  const told =
    days.length === 0
      ? []
      : isSame
        ? [`Tampoco hubo eventos de negocio ${list(days)}.`]
        : [`En cuanto a eventos de negocio, ${list(before)}.`];
  if (is_newest_day) {
    return [
      ...told,
      "El registro tampoco tiene nada posterior, así que no distingue un día sin actividad de uno que aún no se ha leído.",
    ];
  }
  return gap_count > 0 ? told : [...told, "El registro continúa después, así que el día se leyó y no hubo nada en él."];
}

function totals(facts: SummaryFacts, telling: Telling): string {
  const { count } = telling;
  const held = `${count(facts.transactions, transaction)} con ${count(facts.row_changes, rowChange)}`;
  if (facts.business_events === 0) return `Hubo ${held}; de ellos no resultó ningún evento de negocio.`;
  return `Hubo ${held} y ${count(facts.business_events, businessEvent)}${comparison(facts, telling)}.`;
}

function comparison({ compared, business_events }: SummaryFacts, { number, shortDay, list }: Telling): string {
  if (compared.length > 0 && compared.every((day) => day.business_events === 0)) {
    const days = compared.map(({ date, weekday }) => `el ${weekday} ${shortDay(date)}`);
    return `, cuando no hubo ninguno ${list(days)}`;
  }
  const parts = compared.map(({ date, weekday, weeks_before, business_events: before, change_percent: change }) => {
    const when =
      weeks_before === 1 ? `el ${weekday} anterior, ${shortDay(date)}` : `dos semanas antes, el ${shortDay(date)}`;
    if (before === 0) return `frente a ninguno ${when}`;
    if (before === business_events) return `los mismos que ${when}`;
    if (change === null || change === 0) return `frente a ${number(before)} ${when}`;
    return `un ${number(Math.abs(change))} % ${change > 0 ? "más" : "menos"} que ${when} (${number(before)})`;
  });
  return parts.length === 0 ? "; no hay una semana anterior con la que comparar" : `, ${parts.join(", y ")}`;
}

function clockTimes({ first_at, last_at, zone }: SummaryFacts, { at }: Telling): string {
  if (first_at === null || last_at === null) return "";
  if (first_at === last_at) return `Todo se confirmó ${at(first_at)} (${zone}).`;
  return `La primera se confirmó ${at(first_at)} y la última ${at(last_at)} (${zone}).`;
}

function types({ types: told, more_types, new_types, missing_types }: SummaryFacts, telling: Telling): string[] {
  const { number, list, count } = telling;
  const sentences: string[] = [];
  const parts = told.map(({ label, count: often, week_before, total, total_week_before }) => {
    const before =
      week_before === null ? "" : `, ${week_before === 0 ? "ninguna" : number(week_before)} una semana antes`;
    const against = total_week_before === null ? "" : ` frente a ${number(total_week_before)}`;
    const sum = total === null ? "" : `; ${number(total)} en total${against}`;
    return `${lowerFirst(label)} (${telling.times(often)}${before}${sum})`;
  });
  const more = more_types === 0 ? [] : [count(more_types, ["tipo más", "tipos más"])];
  if (parts.length === 1 && more.length === 0) sentences.push(`Todos los eventos fueron ${parts[0]}.`);
  else if (parts.length > 0) sentences.push(`Lo más frecuente: ${list([...parts, ...more])}.`);
  if (new_types.length > 0) {
    const fresh = new_types.map(({ label, count: often }) => `${lowerFirst(label)} (${number(often)})`);
    sentences.push(`También es nuevo frente a la semana anterior: ${list(fresh)}.`);
  }
  if (missing_types.length > 0) {
    const gone = missing_types.map(({ label, week_before }) => `${lowerFirst(label)} (${number(week_before)})`);
    sentences.push(`Se vio una semana antes, pero no este día: ${list(gone)}.`);
  }
  return sentences;
}

function places({ branches, more_branches, silent_branches, users }: SummaryFacts, telling: Telling): string[] {
  const { number, list, name, count } = telling;
  const sentences: string[] = [];
  if (branches.length > 0) {
    const parts = branches.map(({ branch, count: events, week_before }, index) => {
      const before =
        week_before === null ? "" : ` (${week_before === 0 ? "ninguno" : number(week_before)} una semana antes)`;
      return `sucursal ${name(branch)} con ${index === 0 ? count(events, event) : number(events)}${before}`;
    });
    const more = more_branches === 0 ? [] : [count(more_branches, ["sucursal más", "sucursales más"])];
    sentences.push(`Por sucursal: ${list([...parts, ...more])}.`);
  }
  if (silent_branches.length > 0) {
    const silent = silent_branches.map(
      ({ branch, week_before }) => `la sucursal ${name(branch)} (${number(week_before)} una semana antes)`,
    );
    sentences.push(`No llegó nada de ${list(silent)}.`);
  }
  if (users.length > 0) {
    const active = users.map(({ actor, count: events }) => `${personPhrase(actor, telling)} (${count(events, event)})`);
    sentences.push(`Con más actividad: ${list(active)}.`);
  }
  return sentences;
}

function movements({ movements: told, date }: SummaryFacts, telling: Telling): string[] {
  if (told.length === 0) return [];
  const { number, name, at, shortDay } = telling;
  const parts = told.map((movement) => {
    const { label, entity_type, entity_id, branch, actor, amount } = movement;
    const when = movement.at.startsWith(date) ? at(movement.at) : `${at(movement.at)} del ${shortDay(movement.at)}`;
    const where = branch === null ? [] : [`sucursal ${name(branch)}`];
    const who = actor === null ? [] : [personPhrase(actor, telling)];
    return `${lowerFirst(label)}, ${number(amount)} (${[entityPhrase(entity_type, entity_id, telling), ...where, ...who, when].join(", ")})`;
  });
  return [`${parts.length === 1 ? "El mayor de su tipo" : "Los mayores de su tipo"}: ${parts.join("; ")}.`];
}

function limits(facts: SummaryFacts, telling: Telling): string[] {
  const { unexplained_changes, unexplained_tables, trail_begins, begins_after_the_day, is_newest_day, last_at } = facts;
  const { number, list, name, at } = telling;
  const sentences: string[] = [];
  if (facts.transactions > 0) {
    const tables = unexplained_tables.map(({ table, count }) => `${name(table)} (${number(count)})`);
    if (unexplained_changes === 0) sentences.push("Las reglas explican todos los cambios de fila.");
    else if (unexplained_changes === facts.row_changes) sentences.push("Ninguna regla explica los cambios de fila.");
    else {
      const isAll = unexplained_tables.reduce((sum, each) => sum + each.count, 0) === unexplained_changes;
      const where = isAll && tables.length === 1 ? name(unexplained_tables[0]!.table) : list(tables);
      const of = `${number(unexplained_changes)} de los ${number(facts.row_changes)} cambios de fila`;
      sentences.push(`Ninguna regla explica ${of}, ${isAll ? "" : "sobre todo "}en ${where}.`);
    }
  }
  if (trail_begins !== null && !begins_after_the_day) {
    sentences.push(`El registro empieza este día ${at(trail_begins)}; lo anterior no está en él.`);
  }
  if (is_newest_day && last_at !== null) {
    sentences.push(
      `El registro no tiene aún nada posterior ${at(last_at)}, así que puede faltar parte de este día; se compara con días enteros.`,
    );
  }
  if (facts.gap_count === 0 && facts.transactions > 0) sentences.push("Este día no se anotó ningún hueco.");
  return sentences;
}
