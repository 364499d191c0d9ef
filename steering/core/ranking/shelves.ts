/**
 * A sorted list whose equals can be read from any point on: things of one rank stand on one shelf, in the
 * order of their spots, and a reader begins at its own spot and goes round.
 *
 * So each title meets equal nodes in an order of its own, as by a hash of title and node together, yet
 * nothing needs to be hashed or sorted for it: a shelf costs a binary search.
 */
export type Shelves = {
  readonly items: Uint32Array;
  /** Where each shelf begins, and at the end their count. */
  readonly starts: Uint32Array;
};

export type ShelfReader = {
  readonly shelves: Shelves;
  readonly spots: Uint32Array;
  readonly spot: number;
  shelf: number;
  position: number;
  /** How many of this shelf are still to come. */
  left: number;
};

/** @param compareRanks gives 0 for two items of one shelf. */
export function buildShelves(
  items: readonly number[],
  spots: Uint32Array,
  compareRanks: (a: number, b: number) => number,
): Shelves {
  const sorted = items.toSorted(
    (a, b) => compareRanks(a, b) || (spots[a] ?? 0) - (spots[b] ?? 0) || a - b,
  );
  const starts = sorted.flatMap((item, at) => {
    const before = sorted[at - 1];
    return before === undefined || compareRanks(before, item) !== 0 ? [at] : [];
  });
  return { items: Uint32Array.from(sorted), starts: Uint32Array.from([...starts, sorted.length]) };
}

export function readShelves(shelves: Shelves, spots: Uint32Array, spot: number): ShelfReader {
  const reader = { shelves, spots, spot, shelf: 0, position: 0, left: 0 };
  enterShelf(reader);
  return reader;
}

/** The item that comes next; undefined behind the last. */
export function nextItem({ shelves, position, left }: ShelfReader): number | undefined {
  return left === 0 ? undefined : shelves.items[position];
}

export function advance(reader: ShelfReader): void {
  const { starts } = reader.shelves;
  reader.left -= 1;
  reader.position += 1;
  if (reader.position === starts[reader.shelf + 1]) reader.position = starts[reader.shelf] ?? 0;
  if (reader.left > 0) return;
  reader.shelf += 1;
  enterShelf(reader);
}

/** The way round from a reader's spot to an item's. */
export const wayRound = (from: number, to: number): number => (to - from) >>> 0;

function enterShelf(reader: ShelfReader): void {
  const { shelves, spots, spot, shelf } = reader;
  const start = shelves.starts[shelf] ?? 0;
  const end = shelves.starts[shelf + 1] ?? start;
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spots[shelves.items[middle] ?? 0] ?? 0) < spot) low = middle + 1;
    else high = middle;
  }
  reader.position = low === end ? start : low;
  reader.left = end - start;
}
