// serve/cli: alerts and their deliveries -> lines for a terminal.
import type { ListedAlert } from "../../model/alert.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

const colours = { low: "blue", medium: "yellow", high: "red" } as const;

export function renderAlert(alert: ListedAlert, voice: Voice): string[] {
  const { paint, time, words } = voice;
  const { created_at, severity, type, text, message_id, deliveries } = alert;
  const told = deliveries.map((delivery) => `    ${renderDelivery(delivery, voice)}`);
  return [
    `${time(created_at)}  ${paint(colours[severity], severity)}  ${paint("cyan", printable(type))}  ${printable(message_id)}`,
    `    ${printable(text, 1_000)}`,
    ...(told.length === 0 ? [`    ${words.alerts.nobody}`] : told),
  ];
}

function renderDelivery(delivery: ListedAlert["deliveries"][number], { words, paint, time, number }: Voice): string {
  const { receiver, state, attempts, next_at, delivered_at, error } = delivery;
  const what =
    state === "delivered"
      ? paint("green", words.alerts.deliveredAt(time(delivered_at ?? "")))
      : state === "waiting"
        ? paint("yellow", words.alerts.waiting(time(next_at ?? "")))
        : paint("red", words.alerts.givenUp);
  const tries = attempts > 1 || error !== null ? `, ${words.alerts.attempts(number(attempts))}` : "";
  return `${printable(receiver)}: ${what}${tries}${error === null ? "" : `: ${printable(error, 300)}`}`;
}
