// Stage infer. Takes checked rule packs; gives what is to be looked for: what they say themselves, else what their rules let one look for.
import type { WatchDefinition } from "../model/detection.ts";
import type { RulePack } from "./rule-pack.ts";
import { durationMs, type PackDefinition, type PackWatch } from "./rule-schema.ts";

/** Names are told apart: the second of a name gets that of its pack before it. */
export function watchesOf(packs: readonly RulePack[]): WatchDefinition[] {
  const names = new Set<string>();
  return packs.flatMap((pack) =>
    (pack.watch?.map((watch) => toDefinition(watch, pack)) ?? derivedWatches(pack)).map((watch) => {
      const name = names.has(watch.name) ? `${pack.pack}-${watch.name}` : watch.name;
      names.add(name);
      return { ...watch, name };
    }),
  );
}

function toDefinition({ within, where, ...watch }: PackWatch, pack: PackDefinition): WatchDefinition {
  return {
    ...watch,
    events: watch.events ?? [],
    deletions: (watch.deletions ?? []).map((table) => inDatabase(table, pack)),
    per: watch.per ?? [],
    until: watch.until ?? [],
    ends: watch.ends ?? [],
    where: Object.fromEntries(Object.entries(where).map(([field, value]) => [field, [value].flat()])),
    withinMs: within === undefined ? undefined : durationMs(within),
  };
}

const nothing: Omit<WatchDefinition, "name" | "detector"> = {
  events: [],
  deletions: [],
  where: {},
  key: [],
  per: [],
  until: [],
  ends: [],
  direction: "both",
  against: "peers",
};

/** Of a pack that says nothing: how much each user does, when, and what is deleted. */
function derivedWatches(pack: PackDefinition): WatchDefinition[] {
  const types = [...new Set(pack.rules.map(({ type }) => type))];
  if (types.length === 0) return [];
  const byUser = { ...nothing, key: ["actor"], about: "user" };
  const busy = types.map((type): WatchDefinition => {
    const name = `many-${type.replaceAll(/[._]/g, "-")}`;
    const label = { en: `Unusually many ${type}`, es: `Demasiados ${type}` };
    return { ...byUser, name, label, detector: "volume", events: [type], direction: "up", against: "own", factor: 3 };
  });
  const hours = { en: "Work at night", es: "Trabajo fuera de horario" };
  const deleted = { en: "Many rows deleted", es: "Borrado masivo" };
  const tables = Object.keys(pack.entities).map((table) => inDatabase(table, pack));
  return [
    ...busy,
    { ...byUser, name: "after-hours", label: hours, detector: "after-hours", events: types },
    { ...nothing, name: "mass-deletion", label: deleted, detector: "burst", deletions: tables },
  ];
}

function inDatabase(table: string, { database }: PackDefinition): string {
  return database === undefined ? table : `${database}.${table}`;
}
