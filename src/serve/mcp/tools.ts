// serve/mcp: every tool that an assistant is given. All of them read; none writes.
import { z } from "zod";
import { questions } from "../../model/question.ts";
import { answerBytesMax, fitAnswer } from "./fit-answer.ts";
import { answerSchema, type McpTool, toToolAnswer } from "./mcp-tool.ts";
import { questionTool } from "./question-tool.ts";
import { fetchTool, searchTool } from "./search-and-fetch.ts";

const trailCoverage: McpTool = {
  name: "trail_coverage",
  title: "What the trail holds",
  description:
    "Which stretch of the database's history can be asked about, its gaps and limits in full, and the types of entities and business events there are. Ask it first: it gives the words that the other tools take.",
  question: "coverage",
  input: questions.coverage.input,
  output: answerSchema(z.object({ ...questions.coverage.output.shape, ...questions.entity_types.output.shape })),
  async call({ answerer }) {
    const { coverage } = await answerer.ask("coverage", {});
    const types = await answerer.ask("entity_types", {});
    return toToolAnswer({
      fitted: fitAnswer({ coverage, ...types }, answerBytesMax),
      coverage,
      sentences: [
        `${types.entity_types.length} types of entities, ${Object.keys(types.business_event_types).length} types of business events.`,
      ],
      items: null,
      rest: "`auditctl status --json` and the HTTP API give all of it.",
    });
  },
};

export const tools: readonly McpTool[] = [
  trailCoverage,
  questionTool("summary", {
    name: "daily_summary",
    title: "What happened on a day",
    description:
      "The computed facts of one day: totals by type, actor, entity and table, compared with the same weekday a week before, and gaps. `date` is YYYY-MM-DD in `zone`.",
    sentence: ({ date, zone, transactions, change_events, business_events, unexplained_changes }) =>
      `${date} (${zone}): ${business_events} business events from ${change_events} row changes in ${transactions} transactions; no rule explains ${unexplained_changes} of the row changes.`,
  }),
  questionTool("anomalies", {
    name: "list_anomalies",
    title: "Anomalies in a time",
    description:
      "What was out of the ordinary in a time, newest first, each with its reason, its numbers and the events behind it. `explain_anomaly` gives the evidence.",
    limit: { max: 100, usual: 20 },
    list: "items",
    sentence: ({ items }) => `${items.length} anomalies.`,
  }),
  questionTool("explain", {
    name: "explain_anomaly",
    title: "Why the trail says so",
    description:
      "Explains one anomaly (`anomaly_id`) or one business event (`business_event_id`): the rule or baseline behind it, in sentences, with the row changes as evidence.",
    sentence: ({ sentences, evidence }) =>
      `An explanation in ${sentences.length} sentences, with ${evidence.length} pieces of evidence.`,
  }),
  questionTool("trace", {
    name: "trace_entity",
    title: "The story of one entity",
    description:
      "What happened to one entity (a sale, a product's stock, a user), oldest first: who did it and how we know, what changed from what to what, and the rule that says so. `cursor` goes on with older items.",
    limit: { max: 200, usual: 50 },
    list: "timeline",
    sentence: ({ timeline }) => `${timeline.length} items in the story.`,
  }),
  questionTool("entity_state", {
    name: "entity_state",
    title: "An entity as it was",
    description: "The rows of one entity as they were at a time (`at`; without it, now), each with its last change.",
    sentence: ({ rows, at }) => `${rows.length} rows as of ${at}.`,
  }),
  questionTool("search", {
    name: "search_events",
    title: "Find events by words",
    description:
      "Events that have all the words anywhere in them, newest first. Every character is meant literally; a word also finds longer ones that begin with it. `kind: change_event` searches the row changes.",
    limit: { max: 100, usual: 20 },
    list: "items",
    sentence: ({ items }) => `${items.length} events have the words.`,
  }),
  questionTool("events", {
    name: "list_events",
    title: "Events by type, actor, table and time",
    description:
      "Events, newest first, by type (`sale.*`), entity, actor, table, operation and time. `kind: change_event` lists the row changes.",
    limit: { max: 200, usual: 50 },
    list: "items",
    sentence: ({ items }) => `${items.length} events.`,
  }),
  searchTool,
  fetchTool,
];
