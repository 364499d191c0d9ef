/**
 * Reads a point in time as people and programs write it: milliseconds since 1970, or an ISO 8601 date.
 *
 * A time of day must name its zone: without one, two readers would mean two moments. A blank in the
 * place of the plus is what an unescaped `+01:00` in a query becomes, and is read as what was meant.
 */

export type MomentReading =
  | { readonly ok: true; readonly wallMs: number }
  | { readonly ok: false; readonly reason: MomentRefusal };
export type MomentRefusal = "unreadable" | "without-a-zone" | "no-such-date" | "out-of-range";

/** Where a reader of events stands: behind an event, or at a moment. */
export type EventCursor =
  | { readonly kind: "after-event"; readonly id: number }
  | { readonly kind: "from-moment"; readonly wallMs: number };
export type CursorReading =
  | { readonly ok: true; readonly cursor: EventCursor }
  | { readonly ok: false; readonly reason: MomentRefusal };

/** The last moment that a date of ECMAScript can name. */
export const LATEST_WALL_MS = 8_640_000_000_000_000;
/** A plain number below it is the id of an event, and no moment: it would be before March 1973. */
export const SMALLEST_CURSOR_MOMENT_MS = 100_000_000_000;

const PLAIN_NUMBER = /^\d{1,16}$/;
const ISO_DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+ -]\d\d:\d\d)?)?$/i;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export function readMoment(text: string): MomentReading {
  if (PLAIN_NUMBER.test(text)) return within(Number(text));
  const parts = ISO_DATE.exec(text);
  if (parts === null) return { ok: false, reason: "unreadable" };
  const [, year, month, day, hours = "0", minutes = "0", seconds = "0", fraction = "", zone] =
    parts;
  if (parts[4] !== undefined && zone === undefined) return { ok: false, reason: "without-a-zone" };
  const isTime = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  const dayMs = dayInMs(Number(year), Number(month), Number(day));
  const offsetMs = offsetInMs(zone);
  if (!isTime || dayMs === undefined || offsetMs === undefined) {
    return { ok: false, reason: "no-such-date" };
  }
  // What is finer than a millisecond is cut off.
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  const timeMs =
    Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000 + ms;
  return within(dayMs + timeMs - offsetMs);
}

export function readEventCursor(text: string): CursorReading {
  const number = PLAIN_NUMBER.test(text) ? Number(text) : undefined;
  if (number !== undefined && number < SMALLEST_CURSOR_MOMENT_MS) {
    return { ok: true, cursor: { kind: "after-event", id: number } };
  }
  const moment = readMoment(text);
  if (!moment.ok) return moment;
  return { ok: true, cursor: { kind: "from-moment", wallMs: moment.wallMs } };
}

function within(wallMs: number): MomentReading {
  return wallMs >= 0 && wallMs <= LATEST_WALL_MS
    ? { ok: true, wallMs }
    : { ok: false, reason: "out-of-range" };
}

/** @param zone undefined, with a date alone, is UTC. */
function offsetInMs(zone: string | undefined): number | undefined {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  const sign = zone.startsWith("-") ? -1 : 1;
  return sign * (hours * HOUR_MS + minutes * MINUTE_MS);
}

function dayInMs(year: number, month: number, day: number): number | undefined {
  // biome-ignore lint/style/noRestrictedGlobals: it counts from what it is given, and reads no clock.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that does not exist has become one of the next month.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}
