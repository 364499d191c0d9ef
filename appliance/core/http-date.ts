/**
 * Reads and writes HTTP dates (RFC 9110 §5.6.7).
 *
 * Names may be in any case, for nothing else could be meant by them. Everything else is as it is written
 * there: a date that is guessed may make an answer live for years.
 */
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const IMF_FIXDATE = /^[a-z]{3}, (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/;
const RFC_850_DATE = /^[a-z]{6,9}, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/;
const ASCTIME_DATE = /^[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;

/** Milliseconds since 1970 of a date in one of its three forms; undefined for anything else. */
export function httpDateMs(date: string | undefined): number | undefined {
  if (date === undefined) return undefined;
  const text = date.toLowerCase();
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) return utcMs(fixed[3], fixed[2], fixed[1], fixed.slice(4));
  const old = RFC_850_DATE.exec(text);
  if (old !== null) return utcMs(fullYear(Number(old[3])), old[2], old[1], old.slice(4));
  const asctime = ASCTIME_DATE.exec(text);
  if (asctime === null) return undefined;
  return utcMs(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
}

export function formatHttpDate(wallMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: it writes what it is given, and reads no clock.
  return new Date(wallMs).toUTCString();
}

/** Two digits that would lie far ahead mean the century before. */
function fullYear(twoDigits: number): number {
  return twoDigits < 70 ? 2000 + twoDigits : 1900 + twoDigits;
}

function utcMs(
  year: string | number | undefined,
  monthName: string | undefined,
  day: string | undefined,
  time: readonly (string | undefined)[],
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "");
  const [hours, minutes, seconds] = time.map(Number);
  const isTime = Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) <= 60;
  if (month === -1 || !isTime || Number(day) < 1 || Number(day) > 31) return undefined;
  // biome-ignore lint/style/noRestrictedGlobals: it counts from what it is given, and reads no clock.
  return Date.UTC(Number(year), month, Number(day), hours, minutes, seconds);
}
