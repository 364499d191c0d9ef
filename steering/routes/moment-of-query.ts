/** Reads the moments of a query, and refuses with a clear answer what cannot be one. */
import {
  type EventCursor,
  type MomentReading,
  readEventCursor,
  readMoment,
} from "../core/history/read-moment.ts";
import { BadMoment } from "../errors.ts";

const MAX_SHOWN = 40;

export function momentOf(text: string): number {
  const reading = readMoment(text);
  if (!reading.ok) throw refusalOf(text, reading);
  return reading.wallMs;
}

/** @returns a moment that has been; the future is recorded by nobody. */
export function pastMomentOf(text: string, wallNowMs: number): number {
  const wallMs = momentOf(text);
  if (wallMs > wallNowMs) throw badMoment(text, "it is in the future");
  return wallMs;
}

/** A moment, or the id of an event. */
export function eventCursorOf(text: string): EventCursor {
  const reading = readEventCursor(text);
  if (!reading.ok) throw refusalOf(text, reading);
  return reading.cursor;
}

export function badMoment(text: string, why: string): Error {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return new BadMoment(JSON.stringify(shown), why);
}

function refusalOf(text: string, { reason }: Extract<MomentReading, { ok: false }>): Error {
  return badMoment(text, reason.replaceAll("-", " "));
}
