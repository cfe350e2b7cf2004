// What a model may say to us instead of what was asked: another form, inventions, markup, orders. Each with what has to come of it.
import type { HostileCase } from "./hostile-model-cases.ts";
import { raw, saying, telling } from "./model-server.ts";
import { goodTexts } from "./trade-facts.ts";

const good = goodTexts.en[0]!.split("\n\n");

const wrongForms: HostileCase[] = [
  ["prose", "There were 8765 sales by Zorrilla."],
  ["a fence", `\`\`\`json\n${JSON.stringify({ paragraphs: good })}\n\`\`\``],
  ["JSON that is cut", '{"paragraphs":["There were'],
  ["another key", '{"text":"Zorrilla"}'],
  ["one key too many", JSON.stringify({ paragraphs: good, note: "Zorrilla" })],
  ["no paragraph", '{"paragraphs":[]}'],
  ["an empty paragraph", '{"paragraphs":[" "]}'],
  ["numbers for paragraphs", '{"paragraphs":[8765]}'],
  ["one text for paragraphs", '{"paragraphs":"Zorrilla"}'],
  ["a list", '["Zorrilla"]'],
  ["nothing", ""],
  ["a key of all objects", '{"__proto__":{"paragraphs":["Zorrilla"]}}'],
].map(([name, text]) => ({
  name: `answers with ${name}`,
  replies: [saying(text!)],
  by: "rules",
  fallback: /form/,
  outcomes: ["wrong_form", "wrong_form"],
}));

const lies: HostileCase[] = [
  ["a number", "There were 8765 sales.", /a number/],
  ["a number in words", "There were eight thousand seven hundred and sixty-five sales.", /a number/],
  ["a percentage", "Sales rose by 87.65%.", /a number/],
  ["a number beside true ones", "There were 410 sales, 395 a week before, and 8765 returns.", /a number/],
  ["a person", "Marta Zorrilla was the most active user with 120 events.", /a name/],
  ["a person of true parts", "Ana Vega was the most active user with 120 events.", /a name/],
  ["a user in small letters", "The user zorrilla was the most active with 120 events.", /a word/],
  ["a branch", "Branch Villa Ficticia led with 300 events.", /a name/],
  ["a date", "On 4 July 1999 there were 410 sales.", /a date/],
  ["a weekday", "On Saturday there were 410 sales.", /a date/],
  ["a time", "At 18:45 there were 48 units missing.", /a time/],
  ["an id", "The stock adjustment XQ-77 took 48 units.", /an id/],
  ["a type", "There were 17 events of type sale.stolen.", /an id/],
  ["an accusation", "This was theft by Ana Torres.", /a word/],
  ["an order to the reader", "Call the police and click here.", /a word/],
  ["another language", "Hubo 410 ventas, frente a 395 una semana antes.", /a (?:name|word)/],
  ["a link", "See http://evil.example/ for the 410 sales.", /markup/],
  ["a script", "There were 410 sales.<script>alert(1)</script>", /markup/],
  ["markdown", "# Summary\n\n**410** sales ![x](//evil.example/x)", /markup/],
  ["terminal escapes", "There were 410 sales.\u001b[2J\u001b[31m", /a sign/],
  ["text that runs backwards", "There were 410 sales \u202eyb.", /a sign/],
  ["letters of another script", "There were 410 sales by Аna Torres.", /a name/],
  ["far too much", "There were 410 sales. ".repeat(400), /form/],
].map(([name, text, fallback]) => ({
  name: `invents ${name as string}`,
  replies: [telling(text as string)],
  by: "rules",
  fallback: fallback as RegExp,
  outcomes: ["not_grounded", "not_grounded"],
}));

const corrected: HostileCase[] = [
  {
    name: "lies once",
    replies: [telling("Marta Zorrilla sold 8765 units."), telling(...good)],
    by: "model",
    outcomes: ["not_grounded", "used"],
  },
  {
    name: "lies, then fails",
    replies: [telling("8765 sales."), raw("", { status: 500 })],
    by: "rules",
    fallback: /failed/,
    outcomes: ["not_grounded", "failed", "failed", "failed"],
  },
  {
    name: "has the wrong form once",
    replies: [saying("8765"), telling(...good)],
    by: "model",
    outcomes: ["wrong_form", "used"],
  },
  {
    name: "lies in Spanish",
    lang: "es",
    replies: [telling("Marta Zorrilla vendió 8765 unidades.")],
    by: "rules",
    fallback: /a name|a number/,
    outcomes: ["not_grounded", "not_grounded"],
  },
];

export const lyingCases: readonly HostileCase[] = [...wrongForms, ...lies, ...corrected];
