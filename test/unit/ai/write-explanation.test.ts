// Why an anomaly is one, in words of rules: for every detector, in both languages, from its own numbers.
import { describe, expect, it } from "vitest";
import { checkGrounding } from "../../../src/ai/check-grounding.ts";
import type { ExplanationFacts } from "../../../src/ai/explanation-facts.ts";
import { writeExplanation } from "../../../src/ai/write-explanation.ts";
import type { JsonObject } from "../../../src/lib/canonical-json.ts";
import { detectorNames } from "../../../src/model/detection.ts";
import { lossOfStock } from "../../support/summary-facts.ts";

function facts(differs: Partial<ExplanationFacts> = {}): ExplanationFacts {
  const actor = { kind: "user" as const, user: "31" };
  const event = {
    label: "Stock adjusted",
    entity_type: "inventory",
    entity_id: "37",
    at: "2026-03-06 18:02",
    amount: "-3",
    actor,
  };
  return {
    ...lossOfStock,
    zone: "America/Lima",
    date: "2026-03-06",
    detected_at: "2026-03-07 00:10",
    business_events: 6,
    row_changes: 0,
    first_events: [event],
    users: [actor, { kind: "user", user: "9" }],
    ...differs,
  };
}

it("says what, against what, since when, on which events, and what to check next", () => {
  expect(writeExplanation(facts(), "en").split("\n\n")).toEqual([
    "Friday 6 March 2026 (America/Lima): stock that disappears, inventory 37, user 31, from 18:02 to 19:40 (high): 6 times in 2 days, where chance would give about 0.4 more. It was noticed at 00:10 on 7 March. How often one comes back by chance was learned from 120 events of others.",
    "It rests on 6 business events. The first of them: stock adjusted, inventory 37, at 18:02, -3, by user 31. Involved were user 31 and user 9.",
    "Count the thing itself, then read the reasons that were written each time: repeated small losses of one product seldom have many causes.",
  ]);
  expect(
    writeExplanation(facts({ label: "Merma repetida" }), "es")
      .split("\n\n")
      .slice(0, 2),
  ).toEqual([
    "Viernes 6 de marzo de 2026 (America/Lima): merma repetida, inventario 37, usuario 31, de las 18:02 a las 19:40 (alta): 6 veces en 2 días, cuando el azar daría unas 0,4 más. Se notó a las 00:10 del 7 de marzo. Cuánto se repite algo por azar se aprendió de 120 eventos ajenos.",
    "Se apoya en 6 eventos de negocio. Los primeros: stock adjusted, inventario 37, a las 18:02, -3, por usuario 31. Intervinieron usuario 31 y usuario 9.",
  ]);
});

it("quotes the reason of a detector that it does not know, and claims no baseline", () => {
  const [first] = writeExplanation(facts({ detector: "sunspots", numbers: {}, reason: "too many spots." }), "es").split(
    "\n\n",
  );
  expect(first).toContain("(alta): «too many spots». Se notó");
  expect(first).not.toContain("compar");
});

/** As each detector gives them. */
const numbersOf: Record<(typeof detectorNames)[number], Record<string, number>> = {
  volume: { value: 45, baseline: 3, deviation: 1, samples: 4, ratio: 15 },
  repeat: { value: 6, baseline: 0.4, samples: 120, days: 2, per_day: 3 },
  rate: { value: 9, baseline: 1.2, samples: 80, days: 5 },
  "after-hours": { hour: 3, hours_away: 4, samples: 14 },
  "first-time": { samples: 90, values: 3 },
  self: { value: 1, baseline: 0 },
  burst: { value: 140, baseline: 4, samples: 7 },
  duplicate: { value: 5, baseline: 0 },
  pair: { value: 7, baseline: 1.1, samples: 60 },
  reverted: { value: 12, limit: 60, times: 2 },
  amount: { value: 0.1, baseline: 1, samples: 50 },
  unfinished: { value: 52, samples: 11, rounds_missed: 2 },
};

describe.each(detectorNames)("an anomaly of the detector %s", (detector) => {
  it.each(["en", "es"] as const)("is explained in %s from its numbers", (lang) => {
    const told = facts({ detector, numbers: numbersOf[detector], users: [] });
    const text = writeExplanation(told, lang);
    expect(text).not.toMatch(/undefined|null|NaN|inventory 37: 6 times/);
    expect(text.split("\n\n")).toHaveLength(3);
    expect(checkGrounding(text, { facts: told as unknown as JsonObject, plain: text, lang })).toEqual([]);
    // Words of the other language, such as those that a copied line would bring.
    expect(text).not.toMatch(lang === "en" ? /\b(cuando|veces|conviene|los)\b/i : /\b(where|times|look|the)\b/i);
  });
});
