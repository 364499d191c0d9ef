/**
 * Numbers as people read them: one way to write each quantity, everywhere on the site.
 *
 * Between a figure and its unit stands a no-break space, so that no line ends between them.
 *
 * Written by hand rather than with `Intl`, so that a test, a screenshot and every browser agree.
 */
const KILOBYTE = 1024;
const GAP = "\u00a0";

/** `217088` → `212 KB`, with a kilobyte of 1024 bytes. */
export function sizeWords(bytes: number): string {
  if (bytes < KILOBYTE) return `${Math.round(bytes)}${GAP}bytes`;
  if (bytes < KILOBYTE * KILOBYTE) return `${Math.round(bytes / KILOBYTE)}${GAP}KB`;
  return `${(bytes / KILOBYTE / KILOBYTE).toFixed(1)}${GAP}MB`;
}

/** `217088` → `217,088`. */
export function countWords(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `14.23` → `14.2 s`. */
export function secondsWords(seconds: number): string {
  return `${seconds.toFixed(1)}${GAP}s`;
}

/** What is left of something, told in whole seconds: `14.2` → `15 s`. */
export function wholeSecondsWords(seconds: number): string {
  return `${Math.ceil(seconds)}${GAP}s`;
}

/** `429417` → `429 kbit/s`, `2400000` → `2.4 Mbit/s`. */
export function bitrateWords(bitsPerSecond: number): string {
  if (bitsPerSecond < 999_500) return `${Math.round(bitsPerSecond / 1000)}${GAP}kbit/s`;
  return `${(bitsPerSecond / 1e6).toFixed(1)}${GAP}Mbit/s`;
}

/** `3.4` → `3.4 ms`, `128.4` → `128 ms`. */
export function millisecondsWords(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}${GAP}ms` : `${countWords(ms)}${GAP}ms`;
}

/** How long something took or has lasted: `1.2 s`, `48 s`, `3 min`, `2 h`. */
export function durationWords(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${GAP}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}${GAP}s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)}${GAP}min`;
  return `${Math.round(seconds / 3600)}${GAP}h`;
}

/** `now`, `12 s ago`, `3 min ago`. */
export function ageWords(ageMs: number): string {
  return ageMs < 1000
    ? "now"
    : `${durationWords(Math.floor(ageMs / 1000) * 1000).replace(".0", "")} ago`;
}

/** A position or a length of a film: `1:04`, `1:02:09`. */
export function clockWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  const hours = Math.floor(whole / 3600);
  if (hours > 0) return `${hours}:${parts.join(":")}`;
  return parts.join(":").replace(/^0/, "");
}

/** The length of a film on its card: `1 min 4 s`, `52 min`, `2 h 7 min`. */
export function lengthWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${GAP}s`;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return minutes === 0 ? `${hours}${GAP}h` : `${hours}${GAP}h ${minutes}${GAP}min`;
  const rest = whole % 60;
  return minutes >= 10 || rest === 0 ? `${minutes}${GAP}min` : `${minutes}${GAP}min ${rest}${GAP}s`;
}

/** How far behind what is happening now: `3 s behind live`, `1 min 20 s behind live`. */
export function behindLiveWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole === 0 ? "at the live edge" : `${lengthWords(whole)} behind live`;
}

/** `0.123` → `12 %`. */
export function shareWords(share: number): string {
  if (share > 0 && share < 0.01) return `<${GAP}1${GAP}%`;
  return `${Math.round(share * 100)}${GAP}%`;
}

/** `a, b and c`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
