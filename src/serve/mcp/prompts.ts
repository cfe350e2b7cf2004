// serve/mcp: questions that people often have, as prompts: what was asked about -> the message that an assistant begins with.
import { toTimestamp } from "../../lib/clock.ts";
import { AppError } from "../../model/app-error.ts";
import { assistantLine } from "./assistant-json.ts";

interface Prompt {
  name: string;
  title: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
  write: (given: Record<string, string>, today: string) => string;
}

const argumentCharactersMax = 200;
const dayMs = 86_400_000;

export const prompts: readonly Prompt[] = [
  {
    name: "who_changed",
    title: "Who changed this stock?",
    description: "Who changed one entity, when, from what to what, and how we know.",
    arguments: [
      { name: "entity_type", description: "For example `inventory` or `sale`.", required: true },
      { name: "entity_id", description: "Its id in the trail.", required: true },
    ],
    write: ({ entity_type, entity_id }) =>
      `Who changed ${entity_type} ${entity_id}, when, and from what to what? Use trace_entity. Say of each person how the trail knows it (the grade of the actor), and name gaps in the coverage that could hide a change.`,
  },
  {
    name: "what_happened",
    title: "What happened yesterday?",
    description: "The facts of one day, and what was different from the week before.",
    arguments: [
      { name: "date", description: "YYYY-MM-DD; without it, yesterday.", required: false },
      { name: "zone", description: "IANA name of the time zone; without it, UTC.", required: false },
    ],
    write: ({ date, zone = "UTC" }, today) =>
      `What happened on ${date ?? yesterdayOf(today, zone)} (time zone ${zone})? Use daily_summary, then list_anomalies for the same day. Keep to the numbers you are given, compare with the week before, and say what the coverage lacks.`,
  },
  {
    name: "anything_odd",
    title: "Anything odd this week?",
    description: "The anomalies of the last days, explained.",
    arguments: [{ name: "days", description: "How many days to look back; without it, 7.", required: false }],
    write: ({ days = "7" }, today) =>
      `Was anything odd since ${daysBefore(today, days)}? Use list_anomalies from that day on and explain_anomaly for the serious ones. Say which rows each rests on, and what the coverage lacks.`,
  },
];

/** @throws usage.query for an unknown prompt or argument, or one that is missing */
export function writePrompt(name: string, given: Record<string, string>, nowMs: number): string {
  const prompt = prompts.find((candidate) => candidate.name === name);
  const hint = `Prompts: ${prompts.map((candidate) => candidate.name).join(", ")}.`;
  if (prompt === undefined)
    throw new AppError("usage.query", `there is no prompt ${assistantLine(name, 100)}`, { hint });
  const known = prompt.arguments.map((argument) => argument.name);
  const foreign = Object.keys(given).find((key) => !known.includes(key));
  const missing = prompt.arguments.find((argument) => argument.required && !given[argument.name]);
  if (foreign !== undefined || missing !== undefined) {
    const wrong =
      missing === undefined ? `has no argument ${assistantLine(foreign ?? "", 100)}` : `needs ${missing.name}`;
    throw new AppError("usage.query", `the prompt ${name} ${wrong}`, { hint: `It takes: ${known.join(", ")}.` });
  }
  const inert = Object.entries(given).map(([key, value]) => [key, assistantLine(value, argumentCharactersMax)]);
  return prompt.write(Object.fromEntries(inert) as Record<string, string>, toTimestamp(nowMs));
}

function yesterdayOf(now: string, zone: string): string {
  const day = new Date(Date.parse(now) - dayMs);
  try {
    // Sweden writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(day);
  } catch {
    throw new AppError("usage.query", "zone: there is no such time zone", { hint: "For example America/Lima." });
  }
}

function daysBefore(now: string, days: string): string {
  if (!/^[1-9]\d{0,2}$/.test(days)) {
    throw new AppError("usage.query", "days: must be a whole number from 1 to 999", { hint: "For example 7." });
  }
  return new Date(Date.parse(now) - Number(days) * dayMs).toISOString().slice(0, 10);
}
