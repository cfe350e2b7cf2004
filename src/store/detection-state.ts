// store: the tables detection and detector_state of the findings file. How far detection has come, and what it remembers.
import type Database from "better-sqlite3";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { BaselineReport, DetectorState } from "../model/detection.ts";

export interface StoredDetection {
  round: number;
  entry_id: number;
  hash: Buffer;
  read_to: string | null;
  mark_id: number;
  zone: string;
  watches: string;
  baselines: BaselineReport[];
  updated_at: string;
}

export interface DetectionQueries {
  /** undefined while detection has never run. */
  detection(): StoredDetection | undefined;
}

export interface DetectionWrites {
  putDetection(detection: StoredDetection): void;
  detectorStates(): Generator<DetectorState>;
  putDetectorStates(states: readonly DetectorState[]): void;
  forgetDetectorStates(): void;
}

type DetectionRow = Omit<StoredDetection, "baselines"> & { baselines: string };

export function prepareDetectionQueries(db: Database.Database): DetectionQueries {
  const get = db.prepare<[], DetectionRow>("SELECT * FROM detection");
  return {
    detection() {
      const row = get.get();
      return row && { ...row, baselines: JSON.parse(row.baselines) as BaselineReport[] };
    },
  };
}

export function prepareDetectionWrites(db: Database.Database): DetectionWrites {
  const put = db.prepare<[DetectionRow]>(
    `INSERT OR REPLACE INTO detection (detection_id, round, entry_id, hash, read_to, mark_id, zone, watches, baselines, updated_at)
     VALUES (1, @round, @entry_id, @hash, @read_to, @mark_id, @zone, @watches, @baselines, @updated_at)`,
  );
  const states = db.prepare<[], { watch: string; key: string; state: string }>(
    "SELECT watch, key, state FROM detector_state",
  );
  const putState = db.prepare<[watch: string, key: string, state: string]>(
    `INSERT INTO detector_state (watch, key, state) VALUES (?, ?, ?)
     ON CONFLICT (watch, key) DO UPDATE SET state = excluded.state`,
  );
  const forget = db.prepare<[watch: string, key: string]>("DELETE FROM detector_state WHERE watch = ? AND key = ?");
  const forgetAll = db.prepare<[]>("DELETE FROM detector_state");
  return {
    putDetection: (detection) => void put.run({ ...detection, baselines: JSON.stringify(detection.baselines) }),
    *detectorStates() {
      for (const row of states.iterate()) yield { ...row, state: JSON.parse(row.state) as JsonObject };
    },
    putDetectorStates(changed) {
      for (const { watch, key, state } of changed) {
        if (state === null) forget.run(watch, key);
        else putState.run(watch, key, JSON.stringify(state));
      }
    },
    forgetDetectorStates: () => void forgetAll.run(),
  };
}
