/**
 * Keeps the tracks of a whole fleet, six of each node, as rows of numbers.
 *
 * As objects the tracks of 10,000 nodes would be a million, of which each sweep makes new ones that
 * outlive it: tens of megabytes and half the time spent collecting garbage. A row costs 184 bytes, and
 * what is read from it is dropped at once.
 */
import type { SignalName } from "./health-signals.ts";
import type { Finding, SignalTrack } from "./signal-track.ts";

export class TrackTable {
  readonly #rows = new Map<string, number>();
  readonly #freeRows: number[] = [];
  /** Of each signal a column for all rows; none while nobody has it. */
  readonly #columns = new Map<SignalName, Float64Array>();
  #capacity = 64;

  /** The row of each of these, in their order; all others are forgotten. */
  rowsFor(ids: readonly string[]): number[] {
    const kept = new Set(ids);
    for (const [id, row] of this.#rows) {
      if (kept.has(id)) continue;
      this.#rows.delete(id);
      this.#freeRows.push(row);
      for (const numbers of this.#columns.values()) {
        numbers.fill(NONE, row * WIDTH, (row + 1) * WIDTH);
      }
    }
    return ids.map((id) => this.#rows.get(id) ?? this.#takeRow(id));
  }

  read(row: number, name: SignalName): SignalTrack | undefined {
    const numbers = this.#columns.get(name);
    return numbers && readRow(numbers, row * WIDTH);
  }

  write(row: number, name: SignalName, track: SignalTrack): void {
    let numbers = this.#columns.get(name);
    if (numbers === undefined) {
      numbers = new Float64Array(this.#capacity * WIDTH).fill(NONE);
      this.#columns.set(name, numbers);
    }
    writeRow(numbers, row * WIDTH, track);
  }

  #takeRow(id: string): number {
    const row = this.#freeRows.pop() ?? this.#rows.size;
    if (row >= this.#capacity) this.#grow();
    this.#rows.set(id, row);
    return row;
  }

  #grow(): void {
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    for (const [name, numbers] of this.#columns) {
      const grown = new Float64Array(this.#capacity * WIDTH).fill(NONE);
      grown.set(numbers);
      this.#columns.set(name, grown);
    }
  }
}

/** Numbers of a track. */
const WIDTH = 23;
const GROWTH = 1.25;
const NONE = Number.NaN;
const FINDINGS: readonly Finding["worseThan"][] = ["limit", "forecast", "peers"];

/** The slot stands first: a row without one is empty. */
function writeRow(numbers: Float64Array, start: number, track: SignalTrack): void {
  const { forecast, habit, recent, found } = track;
  const { smoothing, noise } = forecast;
  let column = start;
  const put = (value: number | undefined) => {
    numbers[column] = value ?? NONE;
    column += 1;
  };
  put(track.slot);
  put(track.atMs);
  put(track.value);
  put(track.badness);
  put(track.surprise);
  put(smoothing?.period);
  for (const each of [smoothing?.elder, smoothing?.younger]) {
    put(each?.samples);
    put(each?.level);
    put(each?.trend);
  }
  put(noise.mean);
  put(noise.samples);
  put(habit.offset);
  put(habit.samples);
  put(habit.apart);
  put(habit.noise.mean);
  put(habit.noise.samples);
  put(recent.bits);
  put(recent.seen);
  put(found && FINDINGS.indexOf(found.worseThan));
  put(found?.expected);
}

function readRow(numbers: Float64Array, start: number): SignalTrack | undefined {
  const at = (column: number) => numbers[start + column] ?? NONE;
  if (Number.isNaN(at(0))) return undefined;
  const worseThan = FINDINGS[at(21)];
  return {
    slot: at(0),
    atMs: at(1),
    value: at(2),
    badness: at(3),
    surprise: numberOrNone(at(4)),
    forecast: {
      smoothing: Number.isNaN(at(5))
        ? undefined
        : {
            period: at(5),
            elder: smoothingOf(at(6), at(7), at(8)),
            younger: smoothingOf(at(9), at(10), at(11)),
          },
      noise: { mean: at(12), samples: at(13) },
    },
    habit: {
      offset: at(14),
      samples: at(15),
      apart: at(16),
      noise: { mean: at(17), samples: at(18) },
    },
    recent: { bits: at(19), seen: at(20) },
    found: worseThan && { worseThan, expected: at(22) },
  };
}

function smoothingOf(samples: number, level: number, trend: number) {
  return Number.isNaN(samples) ? undefined : { samples, level, trend };
}

function numberOrNone(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
