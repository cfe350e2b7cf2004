// alert: looks at what capture is doing -> what of it has to be told. Pure: takes what was told before, gives what is told now.
// A state that lasts is told once; one that comes and goes, as a connection does, only when it has lasted.
import { inertText } from "../lib/inert-text.ts";
import { type CaptureState, needsPerson } from "../model/capture-state.ts";
import type { NewAlert } from "../model/alert.ts";
import type { CaptureMemory } from "../model/alert-memory.ts";

export interface CaptureLook extends CaptureState {
  last_verified_at: string | null;
}

export interface CaptureWatchOptions {
  /** Down, or without a sign of life, for so long: it is told. */
  afterMs: number;
  /** Of this process: what an earlier one left behind says nothing. */
  startedAt: string;
  /** Of the look. */
  now: string;
}

/** It is well again when it has been running for so long. */
export const wellAfterMs = 60_000;

export const firstCaptureMemory: CaptureMemory = { down_since: null, told: null };

export function watchCapture(
  memory: CaptureMemory,
  look: CaptureLook | undefined,
  options: CaptureWatchOptions,
): { memory: CaptureMemory; alert: NewAlert | undefined } {
  const { afterMs, startedAt, now } = options;
  if (look === undefined || look.since < startedAt) return { memory, alert: undefined };
  // To be stopped because somebody said so is neither trouble nor its end.
  if (look.state === "STOPPED" && !needsPerson(look)) return { memory, alert: undefined };
  if (needsPerson(look)) return onNeedsPerson(memory, look, now);
  const heardAt = latest([look.last_verified_at, startedAt]);
  const isRunning = look.state === "RUNNING" && msBetween(heardAt, now) < afterMs;
  if (isRunning) return onRunning(memory, look, now);
  // Not after now, where the clock was put back.
  const down_since = earliest(memory.down_since ?? (look.state === "RUNNING" ? heardAt : now), now);
  if (memory.told !== null || msBetween(down_since, now) < afterMs) {
    return { memory: { ...memory, down_since }, alert: undefined };
  }
  const told = { state: look.state, reason: look.reason ?? "", at: now };
  return { memory: { down_since, told }, alert: downAlert(look, down_since, now) };
}

function onNeedsPerson(memory: CaptureMemory, look: CaptureLook, now: string): ReturnType<typeof watchCapture> {
  const { state, since } = look;
  const reason = shapeOf(look.reason ?? "");
  const down_since = memory.down_since ?? since;
  // A service that is restarted into the same fault says it once.
  if (memory.told?.state === state && memory.told.reason === reason) {
    return { memory: { ...memory, down_since }, alert: undefined };
  }
  return {
    memory: { down_since, told: { state, reason, at: now } },
    alert: {
      alert_key: `capture/${state}/${now}`,
      type: "capture.needs_person",
      severity: "high",
      text: `Capture is ${state} and needs a person: ${inertText(look.reason ?? "no reason given", 500)}`,
      data: { state, since, reason: look.reason, hint: look.hint },
    },
  };
}

function onRunning(memory: CaptureMemory, look: CaptureLook, now: string): ReturnType<typeof watchCapture> {
  const { told, down_since } = memory;
  if (told === null) return { memory: firstCaptureMemory, alert: undefined };
  if (msBetween(look.since, now) < wellAfterMs) return { memory, alert: undefined };
  return {
    memory: firstCaptureMemory,
    alert: {
      alert_key: `capture/RUNNING/${now}`,
      type: "capture.recovered",
      severity: "low",
      text: `Capture is RUNNING again, since ${look.since}; it was ${told.state}.`,
      data: { state: "RUNNING", since: look.since, was: told.state, down_since },
    },
  };
}

function downAlert(look: CaptureLook, down_since: string, now: string): NewAlert {
  const { state, since, reason, hint, last_verified_at } = look;
  const minutes = Math.floor(msBetween(down_since, now) / 60_000);
  const heard = last_verified_at === null ? "nothing was ever heard" : `last heard at ${last_verified_at}`;
  const why = reason === null ? "" : `: ${inertText(reason, 500)}`;
  return {
    alert_key: `capture/down/${now}`,
    type: "capture.down",
    severity: "medium",
    text: `Capture has not heard from the server for ${minutes} min (${state}, ${heard})${why}`,
    data: { state, since, reason, hint, last_verified_at, down_since },
  };
}

/** The same fault may name another position, id or time each time. */
function shapeOf(reason: string): string {
  return reason.replace(/[\da-f]*\d[\da-f]*/gi, "#").slice(0, 1_000);
}

function latest(times: readonly (string | null)[]): string {
  return times.reduce<string>((newest, time) => (time !== null && time > newest ? time : newest), "");
}

function earliest(one: string, other: string): string {
  return one < other ? one : other;
}

function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
