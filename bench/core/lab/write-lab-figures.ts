/** The lab's figures as people read them. */
import type { LabScore, LabSum } from "./lab-score.ts";

export const NEVER = "–";
const TENTH = 0.05;

export function writeSeconds(seconds: number | null): string {
  if (seconds === null) return NEVER;
  return seconds < TENTH ? "0" : seconds.toFixed(1);
}

/** What the three figures of a score are. */
export const LEGENDS = {
  midplay: "seconds frozen / until B was asked / from A's recovery until it served; – never",
  atStart:
    "seconds until the first frame / frozen after it / from A's recovery until it served; – never",
} as const;

/** Frozen / until B was asked / until A served again; at the start, until the first frame comes first. */
export function writeScore(score: LabScore | undefined, atStart: boolean): string {
  if (score === undefined) return "";
  const { stallSeconds, backupSeconds, failbackSeconds, startupSeconds, dead } = score;
  const figures = atStart
    ? [startupSeconds, stallSeconds, failbackSeconds]
    : [stallSeconds, backupSeconds, failbackSeconds];
  return `${dead ? "dead " : ""}${figures.map(writeSeconds).join(" / ")}`;
}

/** A player that died would have stood still for longer, had the run gone on. */
export function writeSum({ stallSeconds, deaths }: LabSum): string {
  const sum = `${stallSeconds.toFixed(1)} s`;
  return deaths === 0 ? sum : `≥ ${sum}, ${deaths} dead`;
}

export function writeTerms({
  mode,
  link,
  steering,
}: {
  readonly mode: string;
  readonly link: string;
  readonly steering: string;
}): string {
  const stream = mode === "live" ? "live" : "on demand";
  const width = link === "open" ? "open link" : "20 Mbit/s link";
  return `${stream}, ${width}, steering ${steering}`;
}

/** `90` → `about 2 min`. */
export function writeLength(seconds: number): string {
  if (seconds < SECONDS_PER_MINUTE) return `about ${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / SECONDS_PER_MINUTE);
  if (minutes < MINUTES_PER_HOUR) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / MINUTES_PER_HOUR)} h ${minutes % MINUTES_PER_HOUR} min`;
}

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
