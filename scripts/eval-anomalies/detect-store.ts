// Takes a captured store; detects over it from the beginning, with the code of `run`; gives what was found, with the rows it rests on.
import { parseRulePack } from "../../src/infer/rule-pack.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { Anomaly } from "../../src/model/answer-schema.ts";
import { configSchema } from "../../src/model/config.ts";
import { detectionSettings } from "../../src/pipeline/detection-settings.ts";
import { openDetector } from "../../src/pipeline/detector.ts";
import { readRuleFile } from "../../src/pipeline/rule-files.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import type { StoreReader } from "../../src/store/store-reader.ts";
import type { Finding } from "./judge.ts";

export interface Detected {
  findings: Finding[];
  events: number;
  seconds: number;
}

export function detectStore(store: string): Detected {
  using findings = openFindings(store);
  // The chain keeps its books in UTC.
  const { settings } = detectionSettings(configSchema.parse({}));
  const log = createLogger("error");
  using detector = openDetector({ store, findings, settings, zone: "UTC", again: true, clock: systemClock, log });
  const startedMs = performance.now();
  for (let isOver = false; !isOver;) {
    const { done, of } = detector.step();
    isOver = done >= of;
  }
  detector.commit();
  const seconds = (performance.now() - startedMs) / 1000;
  using reader = openStoreReader(store);
  const events = Object.values(reader.businessEventsByType()).reduce((sum, count) => sum + count, 0);
  const tables = tablesByEntity();
  return { findings: allAnomalies(reader).map((anomaly) => toFinding(anomaly, reader, tables)), events, seconds };
}

function allAnomalies(reader: StoreReader): Anomaly[] {
  const anomalies: Anomaly[] = [];
  let cursor: string | undefined;
  do {
    const page = reader.anomalies({ limit: 500, cursor });
    anomalies.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return anomalies;
}

function toFinding(anomaly: Anomaly, reader: StoreReader, tables: ReadonlyMap<string, string>): Finding {
  const rows = reader.eventsById(anomaly.change_event_ids).flatMap((event) => {
    if (!("source_table" in event)) return [];
    const key = Object.values(event.source_pk).map((value) => JSON.stringify(value));
    return [`${event.source_table}/${key.join("/")}`];
  });
  return { anomaly, rows, about: `${tables.get(anomaly.entity_type) ?? ""}/${anomaly.entity_id}` };
}

/** branch -> branches: the table whose own rows it is, not that of its parts. */
function tablesByEntity(): Map<string, string> {
  const { text } = readRuleFile("pharmacy");
  const tables = new Map<string, string>();
  for (const [table, { entity }] of Object.entries(parseRulePack(text ?? "", "pharmacy").entities)) {
    if (!tables.has(entity)) tables.set(entity, table);
  }
  return tables;
}
