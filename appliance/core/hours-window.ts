/** Hours of the day, in UTC, in which something may be done; they may span midnight. */
export type HoursWindow = {
  /** `HH:MM`, inclusive. */
  readonly from: string;
  /** `HH:MM`, exclusive; the same as `from` means all day. */
  readonly to: string;
};

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function isWithinHours({ from, to }: HoursWindow, nowWallMs: number): boolean {
  const timeMs = nowWallMs % DAY_MS;
  const fromMs = msOfDay(from);
  const toMs = msOfDay(to);
  if (fromMs === toMs) return true;
  return fromMs < toMs ? timeMs >= fromMs && timeMs < toMs : timeMs >= fromMs || timeMs < toMs;
}

function msOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
