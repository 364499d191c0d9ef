/**
 * Counts answers by where they came from, why, and how they ended; kept bounded, whatever reasons there
 * are, because a metric with a label that grows is a leak in three systems at once.
 */
export type AnswerSource = "ram" | "disk" | "origin" | "none";

export type TallyRow = {
  readonly source: AnswerSource;
  readonly reason: string;
  /** 1 to 5, as in 1xx to 5xx. */
  readonly statusClass: number;
  readonly count: number;
};

const MAX_REASONS = 64;
const OTHER = "other";
const STATUS_CLASSES = [1, 2, 3, 4, 5];

export class RequestTally {
  readonly #counts: Readonly<Record<AnswerSource, Map<string, number[]>>> = {
    ram: new Map(),
    disk: new Map(),
    origin: new Map(),
    none: new Map(),
  };

  add(source: AnswerSource, reason: string, status: number): void {
    const counts = this.#countsFor(source, reason);
    const statusClass = Math.floor(status / 100);
    counts[statusClass] = (counts[statusClass] ?? 0) + 1;
  }

  rows(): readonly TallyRow[] {
    return Object.entries(this.#counts).flatMap(([source, byReason]) =>
      [...byReason].flatMap(([reason, counts]) =>
        STATUS_CLASSES.filter((statusClass) => counts[statusClass] !== undefined).map(
          (statusClass) => ({
            source: source as AnswerSource,
            reason,
            statusClass,
            count: counts[statusClass] ?? 0,
          }),
        ),
      ),
    );
  }

  #countsFor(source: AnswerSource, reason: string): number[] {
    const byReason = this.#counts[source];
    const known = byReason.get(reason);
    if (known !== undefined) return known;
    const name = byReason.size < MAX_REASONS ? reason : OTHER;
    const counts = byReason.get(name) ?? [];
    byReason.set(name, counts);
    return counts;
  }
}
