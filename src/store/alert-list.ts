// store: the alerts of the findings file with their deliveries, for people.
import type Database from "better-sqlite3";
import type { ListedAlert } from "../model/alert.ts";
import { endOfTime } from "./entry-blocks.ts";

export interface AlertFilter {
  from?: string;
  to?: string;
  /** Only those that wait for a receiver, or were given up for one. */
  undelivered?: boolean;
  limit: number;
}

export interface AlertQueries {
  /** The newest first. */
  listAlerts(filter: AlertFilter): ListedAlert[];
}

export function prepareAlertQueries(db: Database.Database): AlertQueries {
  const list = db.prepare<
    { from: string; to: string; undelivered: number; limit: number },
    Omit<ListedAlert, "deliveries"> & { deliveries: string }
  >(
    `SELECT a.message_id, a.type, a.severity, a.text, a.created_at,
       (SELECT json_group_array(json_object('receiver', d.receiver,
          'state', CASE WHEN d.next_at IS NOT NULL THEN 'waiting' WHEN d.delivered_at IS NULL THEN 'given_up' ELSE 'delivered' END,
          'attempts', d.attempts, 'next_at', d.next_at, 'delivered_at', d.delivered_at, 'error', d.error))
        FROM alert_delivery d WHERE d.alert_id = a.alert_id) AS deliveries
     FROM alert a
     WHERE a.created_at >= @from AND a.created_at < @to AND (@undelivered = 0 OR EXISTS (
       SELECT 1 FROM alert_delivery d WHERE d.alert_id = a.alert_id AND d.delivered_at IS NULL))
     ORDER BY a.alert_id DESC LIMIT @limit`,
  );
  return {
    listAlerts: ({ from = "", to = endOfTime, undelivered = false, limit }) =>
      list.all({ from, to, undelivered: undelivered ? 1 : 0, limit }).map(({ deliveries, ...alert }) => {
        return { ...alert, deliveries: JSON.parse(deliveries) as ListedAlert["deliveries"] };
      }),
  };
}
