// store: the tables alert, alert_delivery and alert_receiver of the findings file. An alert is put here once, then delivered to
// each receiver at least once; what is old goes.
import { randomUUID } from "node:crypto";
import type Database from "better-sqlite3";
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import { toTimestamp } from "../lib/clock.ts";
import type { Alert, NewAlert, ReceiverName } from "../model/alert.ts";

/** No alert is tried again later than that: Retry-After is kept up to a day. */
const waitMaxMs = 25 * 3_600_000;

export interface WaitingDelivery {
  alert_id: number;
  attempts: number;
  alert: Alert;
}

export interface LostAlerts {
  lost: number;
  lost_from: string;
}

export interface AlertWrites {
  /** False when the same was told already. */
  putAlert(alert: NewAlert, now: string): boolean;
  /** Gives each alert since the receiver was first set up a delivery to it. */
  queueAlerts(receiver: ReceiverName, now: string): void;
  /** The oldest that may be tried now; one that was set aside, when there is no other. */
  nextDelivery(receiver: ReceiverName, now: string): WaitingDelivery | undefined;
  recordDelivered(alertId: number, receiver: ReceiverName, now: string): void;
  recordFailed(
    alertId: number,
    receiver: ReceiverName,
    failed: { error: string; next_at: string; aside: boolean },
  ): void;
  /** Those that have waited since before a time, and those above a number, the oldest first. Gives how many. */
  giveUpAlerts(receiver: ReceiverName, queuedBefore: string, waitingMax: number): number;
  /** What was given up since the last time; asking makes it told. */
  takeLost(receiver: ReceiverName): LostAlerts | undefined;
  /** That nobody waits for any more. */
  removeAlertsBefore(created: string): void;
  countWaiting(receiver: ReceiverName): number;
  /** Has them delivered again. Gives how many. */
  replayAlerts(receiver: ReceiverName, range: { from: string; to: string }, now: string): number;
}

type AlertRow = Omit<Alert, "data"> & { data: string };

export function prepareAlertWrites(db: Database.Database): AlertWrites {
  const insert = db.prepare<[AlertRow & { alert_key: string }]>(
    `INSERT INTO alert (message_id, alert_key, type, severity, text, data, created_at)
     VALUES (@message_id, @alert_key, @type, @severity, @text, @data, @created_at) ON CONFLICT (alert_key) DO NOTHING`,
  );
  const count = db
    .prepare<[string], number>("SELECT count(*) FROM alert_delivery WHERE receiver = ? AND next_at IS NOT NULL")
    .pluck();
  return {
    putAlert: ({ data, ...alert }, created_at) =>
      insert.run({ ...alert, data: canonicalJson(data), message_id: randomUUID(), created_at }).changes > 0,
    countWaiting: (receiver) => count.get(receiver) ?? 0,
    ...prepareQueue(db),
    ...prepareAttempts(db),
    ...prepareGivingUp(db),
  };
}

function prepareQueue(db: Database.Database): Pick<AlertWrites, "queueAlerts" | "replayAlerts"> {
  const newest = "(SELECT coalesce(max(alert_id), 0) FROM alert)";
  const meet = db.prepare<[string]>(
    `INSERT INTO alert_receiver (receiver, alert_id, lost) VALUES (?, ${newest}, 0) ON CONFLICT DO NOTHING`,
  );
  const queue = db.prepare<{ receiver: string; now: string }>(
    `INSERT INTO alert_delivery (alert_id, receiver, attempts, queued_at, next_at, is_aside)
     SELECT alert_id, @receiver, 0, @now, @now, 0 FROM alert
     WHERE alert_id > (SELECT alert_id FROM alert_receiver WHERE receiver = @receiver)
     ON CONFLICT DO NOTHING`,
  );
  const pass = db.prepare<[string]>(`UPDATE alert_receiver SET alert_id = ${newest} WHERE receiver = ?`);
  const isBehind = db
    .prepare<[string], number>(
      `SELECT coalesce((SELECT alert_id FROM alert_receiver WHERE receiver = ?), -1) < ${newest}`,
    )
    .pluck();
  const replay = db.prepare<{ receiver: string; from: string; to: string; now: string }>(
    `INSERT INTO alert_delivery (alert_id, receiver, attempts, queued_at, next_at, is_aside)
     SELECT alert_id, @receiver, 0, @now, @now, 0 FROM alert WHERE created_at >= @from AND created_at < @to
     ON CONFLICT DO UPDATE SET attempts = 0, queued_at = @now, next_at = @now, is_aside = 0, delivered_at = NULL, error = NULL`,
  );
  return {
    queueAlerts(receiver, now) {
      // Asked every second; written only when there is something.
      if (isBehind.get(receiver) === 0) return;
      db.transaction(() => {
        meet.run(receiver);
        queue.run({ receiver, now });
        pass.run(receiver);
      }).immediate();
    },
    replayAlerts: (receiver, range, now) =>
      db
        .transaction(() => {
          meet.run(receiver);
          return replay.run({ receiver, ...range, now }).changes;
        })
        .immediate(),
  };
}

function prepareAttempts(
  db: Database.Database,
): Pick<AlertWrites, "nextDelivery" | "recordDelivered" | "recordFailed"> {
  const next = db.prepare<
    { receiver: string; now: string; latest: string },
    AlertRow & { alert_id: number; attempts: number }
  >(
    `SELECT d.alert_id, d.attempts, a.message_id, a.type, a.severity, a.text, a.data, a.created_at
     FROM alert_delivery d JOIN alert a ON a.alert_id = d.alert_id
     WHERE d.receiver = @receiver AND d.next_at IS NOT NULL
       -- Later than any wait: the clock has been put back since.
       AND (d.is_aside = 0 OR d.next_at <= @now OR d.next_at > @latest)
     -- Those set aside last, and they in turn: one that brings its receiver down each time holds up none of the others.
     ORDER BY d.is_aside, iif(d.is_aside = 1, d.next_at, ''), d.alert_id LIMIT 1`,
  );
  const delivered = db.prepare<[string, number, string]>(
    `UPDATE alert_delivery SET attempts = attempts + 1, delivered_at = ?, next_at = NULL
     WHERE alert_id = ? AND receiver = ?`,
  );
  const failed = db.prepare<{ alert_id: number; receiver: string; error: string; next_at: string; aside: number }>(
    `UPDATE alert_delivery SET attempts = attempts + 1, error = @error, next_at = @next_at, is_aside = @aside
     WHERE alert_id = @alert_id AND receiver = @receiver AND next_at IS NOT NULL`,
  );
  return {
    nextDelivery(receiver, now) {
      const row = next.get({ receiver, now, latest: toTimestamp(Date.parse(now) + waitMaxMs) });
      if (row === undefined) return undefined;
      const { alert_id, attempts, data, ...alert } = row;
      return { alert_id, attempts, alert: { ...alert, data: JSON.parse(data) as JsonObject } };
    },
    recordDelivered: (alertId, receiver, now) => void delivered.run(now, alertId, receiver),
    recordFailed: (alert_id, receiver, { aside, ...rest }) =>
      void failed.run({ alert_id, receiver, ...rest, aside: aside ? 1 : 0 }),
  };
}

function prepareGivingUp(db: Database.Database): Pick<AlertWrites, "giveUpAlerts" | "takeLost" | "removeAlertsBefore"> {
  const given = db.prepare<{ receiver: string; queued: string; max: number }, { n: number; from: string | null }>(
    `WITH late AS (
       SELECT d.alert_id FROM alert_delivery d WHERE d.receiver = @receiver AND d.next_at IS NOT NULL
         AND (d.queued_at < @queued OR d.alert_id <= coalesce((SELECT alert_id FROM alert_delivery
           WHERE receiver = @receiver AND next_at IS NOT NULL ORDER BY alert_id DESC LIMIT 1 OFFSET @max), -1)))
     SELECT count(*) AS n, min(a.created_at) AS "from" FROM late JOIN alert a USING (alert_id)`,
  );
  const giveUp = db.prepare<{ receiver: string; queued: string; max: number }>(
    `UPDATE alert_delivery SET next_at = NULL, error = 'given up: ' || coalesce(error, 'too many wait')
     WHERE receiver = @receiver AND next_at IS NOT NULL
       AND (queued_at < @queued OR alert_id <= coalesce((SELECT alert_id FROM alert_delivery
         WHERE receiver = @receiver AND next_at IS NOT NULL ORDER BY alert_id DESC LIMIT 1 OFFSET @max), -1))`,
  );
  const lose = db.prepare<[number, string | null, string]>(
    "UPDATE alert_receiver SET lost = lost + ?, lost_from = coalesce(lost_from, ?) WHERE receiver = ?",
  );
  const lost = db.prepare<[string], LostAlerts>(
    "SELECT lost, lost_from FROM alert_receiver WHERE receiver = ? AND lost > 0",
  );
  const settle = db.prepare<[string]>("UPDATE alert_receiver SET lost = 0, lost_from = NULL WHERE receiver = ?");
  const removeDeliveries = db.prepare<[string]>(
    `DELETE FROM alert_delivery WHERE next_at IS NULL
       AND alert_id IN (SELECT alert_id FROM alert WHERE created_at < ?)`,
  );
  const removeAlerts = db.prepare<[string]>(
    `DELETE FROM alert WHERE created_at < ?
       AND NOT EXISTS (SELECT 1 FROM alert_delivery d WHERE d.alert_id = alert.alert_id)`,
  );
  return {
    giveUpAlerts(receiver, queued, max) {
      const { n, from } = given.get({ receiver, queued, max }) ?? { n: 0, from: null };
      if (n === 0) return 0;
      giveUp.run({ receiver, queued, max });
      lose.run(n, from, receiver);
      return n;
    },
    takeLost(receiver) {
      const found = lost.get(receiver);
      if (found !== undefined) settle.run(receiver);
      return found;
    },
    removeAlertsBefore(created) {
      removeDeliveries.run(created);
      removeAlerts.run(created);
    },
  };
}
