// Every measure that /metrics shows, in one table: its type, what it says, its labels and who knows it. docs/metrics.md is generated
// from it; the dashboard and the alert rules may name nothing else.

export const metricOrigins = {
  trail: "read from the files of the trail: every process that serves them shows the same",
  writer: "known to the process that writes the trail, and shown there: `run`, or `serve --ingest`",
  process: "of the process that is asked",
} as const;

interface Metric {
  type: "counter" | "gauge" | "histogram";
  help: string;
  labels?: readonly string[];
  from: keyof typeof metricOrigins;
}

const trail = {
  audit_overlay_store_readable: { type: "gauge", help: "1 when the store can be read.", from: "trail" },
  audit_overlay_transactions_total: {
    type: "counter",
    help: "Source transactions in the trail, since it began.",
    from: "trail",
  },
  audit_overlay_change_events_total: {
    type: "counter",
    help: "Row changes in the trail, since it began.",
    from: "trail",
  },
  audit_overlay_business_events_total: {
    type: "counter",
    help: "Business events that were written into the trail, since it began.",
    labels: ["type"],
    from: "trail",
  },
  audit_overlay_business_events_superseded_total: {
    type: "counter",
    help: "Those of them that a replay has put right: they no longer count.",
    from: "trail",
  },
  audit_overlay_gaps: { type: "gauge", help: "Gaps in the trail.", from: "trail" },
  audit_overlay_capture_state: {
    type: "gauge",
    help: "1 for the state that capture is in.",
    labels: ["state"],
    from: "trail",
  },
  audit_overlay_capture_needs_person: {
    type: "gauge",
    help: "1 while capture waits for a person: MISCONFIGURED, BLOCKED, GAP, or STOPPED by an error.",
    from: "trail",
  },
  audit_overlay_capture_state_timestamp_seconds: {
    type: "gauge",
    help: "When that state began, as Unix time.",
    from: "trail",
  },
  audit_overlay_last_verified_timestamp_seconds: {
    type: "gauge",
    help: "When the server was last heard, by an event or a heartbeat that was checked, as Unix time.",
    from: "trail",
  },
  audit_overlay_seconds_since_verified: {
    type: "gauge",
    help: "Since the server was last heard. It never freezes: it grows while nothing comes.",
    from: "trail",
  },
  audit_overlay_receipt_lag_seconds: {
    type: "gauge",
    help: "From commit to receipt of the newest transaction in the trail. Says nothing of what has not come.",
    from: "trail",
  },
  audit_overlay_verify_failed: {
    type: "gauge",
    help: "1 while the newest `verify` that a service was asked for found the trail changed.",
    from: "trail",
  },
  audit_overlay_store_bytes: {
    type: "gauge",
    help: "Size of each file of the trail: store, wal, search, service, findings.",
    labels: ["file"],
    from: "trail",
  },
  audit_overlay_disk_free_bytes: {
    type: "gauge",
    help: "Free on the file system of the store, for the user that the program runs as.",
    from: "trail",
  },
  audit_overlay_disk_full_seconds: {
    type: "gauge",
    help: "Until the disk of the store is full, at the pace of the last seven days. Absent while there is no forecast.",
    from: "trail",
  },
  audit_overlay_detection_entry: {
    type: "gauge",
    help: "The last ledger entry that detection has read.",
    from: "trail",
  },
  audit_overlay_detection_behind_entries: {
    type: "gauge",
    help: "Ledger entries that detection has not read yet.",
    from: "trail",
  },
  audit_overlay_detection_behind_seconds: {
    type: "gauge",
    help: "Commit time of the newest transaction, less that of the last one that detection has read.",
    from: "trail",
  },
  audit_overlay_detection_learning: {
    type: "gauge",
    help: "Watches whose baselines are too young to judge by.",
    from: "trail",
  },
  audit_overlay_anomalies: {
    type: "gauge",
    help: "Anomalies by kind, severity and state.",
    labels: ["kind", "severity", "state"],
    from: "trail",
  },
} as const satisfies Record<string, Metric>;

const writer = {
  audit_overlay_lag_seconds: {
    type: "gauge",
    help: "0 while all that the server has executed is stored; else since the commit of the newest stored transaction, or since all was stored, whichever is less. Absent while the server cannot be asked.",
    from: "writer",
  },
  audit_overlay_lag_transactions: {
    type: "gauge",
    help: "Transactions (GTIDs) that the server has executed and that are not stored yet. Absent while it cannot be asked.",
    from: "writer",
  },
  audit_overlay_binlog_retention_seconds: {
    type: "gauge",
    help: "How long the server keeps its log by its own settings. Absent where it keeps it for ever, or where something else decides.",
    from: "writer",
  },
  audit_overlay_reconnects_total: {
    type: "counter",
    help: "Times that the connection to the server was lost or not made, and tried again.",
    from: "writer",
  },
  audit_overlay_model_calls_total: {
    type: "counter",
    help: "Questions to a model, each try, by how they ended. used: accepted. not_grounded, wrong_form: answered, and refused by our check. The others: not answered.",
    labels: ["outcome"],
    from: "writer",
  },
  audit_overlay_model_call_seconds_total: {
    type: "counter",
    help: "Time that questions to a model took.",
    from: "writer",
  },
  audit_overlay_model_tokens_total: {
    type: "counter",
    help: "Tokens, as the model counted them.",
    labels: ["kind"],
    from: "writer",
  },
  audit_overlay_words_total: {
    type: "counter",
    help: "Summaries and explanations, by who worded them: model or rules.",
    labels: ["worded_by"],
    from: "writer",
  },
  audit_overlay_words_cache_total: {
    type: "counter",
    help: "Looks into the cache of words. hit: a model was not asked again.",
    labels: ["result"],
    from: "writer",
  },
  audit_overlay_alerts_delivered_total: {
    type: "counter",
    help: "Alerts that a receiver took.",
    labels: ["receiver"],
    from: "writer",
  },
  audit_overlay_alerts_failed_total: {
    type: "counter",
    help: "Attempts to deliver an alert that failed.",
    labels: ["receiver"],
    from: "writer",
  },
  audit_overlay_alerts_given_up_total: {
    type: "counter",
    help: "Alerts given up, after three days or because too many waited.",
    labels: ["receiver"],
    from: "writer",
  },
  audit_overlay_alerts_waiting: {
    type: "gauge",
    help: "Alerts that wait for a receiver.",
    labels: ["receiver"],
    from: "writer",
  },
} as const satisfies Record<string, Metric>;

const ofProcess = {
  audit_overlay_errors_total: {
    type: "counter",
    help: "Errors that were logged or answered, by code (docs/errors.md). Also what clients did wrong.",
    labels: ["code"],
    from: "process",
  },
  audit_overlay_queue_bytes: {
    type: "gauge",
    help: "Waiting between threads. posts: Debezium's posts for the thread that stores them. log: lines for the log file. From capture to store nothing waits: they share a thread.",
    labels: ["queue"],
    from: "process",
  },
  audit_overlay_http_requests_total: {
    type: "counter",
    help: "Requests by route and status.",
    labels: ["route", "status"],
    from: "process",
  },
  audit_overlay_http_request_duration_seconds: {
    type: "histogram",
    help: "Time to answer, by route.",
    labels: ["route"],
    from: "process",
  },
  audit_overlay_feed_clients: { type: "gauge", help: "Programs that follow the live feed.", from: "process" },
  audit_overlay_access_log_failing: { type: "gauge", help: "1 while readings cannot be recorded.", from: "process" },
  audit_overlay_readings_lost_total: {
    type: "counter",
    help: "Readings that could not be recorded.",
    from: "process",
  },
  audit_overlay_build_info: {
    type: "gauge",
    help: "1, with the versions of audit-overlay and Node.js.",
    labels: ["version", "node_version"],
    from: "process",
  },
  process_start_time_seconds: { type: "gauge", help: "When the process began, as Unix time.", from: "process" },
  process_cpu_seconds_total: { type: "counter", help: "Processor time of all its threads.", from: "process" },
  process_resident_memory_bytes: { type: "gauge", help: "Memory that it holds.", from: "process" },
  nodejs_eventloop_lag_p99_seconds: {
    type: "gauge",
    help: "How late the main thread was with its work, 99th percentile since it was last asked here. That thread answers; capture has its own.",
    from: "process",
  },
} as const satisfies Record<string, Metric>;

export const metrics = { ...trail, ...writer, ...ofProcess };
export type MetricName = keyof typeof metrics;

export function describeMetric(name: MetricName): Metric {
  return metrics[name];
}
