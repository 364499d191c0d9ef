/**
 * What is usual among the peers of a node for one signal: the median of the others and their spread
 * (median absolute deviation), which one sick peer, or two of five, cannot move.
 *
 * Peers are those of the same region, or all if these are too few. One group is sorted once for
 * everybody in it; only in a small one does it matter to leave a node's own value out.
 */
export type Peers = { readonly median: number; readonly spread: number };

/** The values of each region, those to be compared among them. */
export type RegionValues = ReadonlyMap<string, readonly number[]>;

/** Makes the median absolute deviation of normal noise its standard deviation. */
const TO_DEVIATION = 1.4826;
/** Above so many a single value moves the median by next to nothing. */
const SMALL_GROUP = 8;

/** @returns the peers of one whose own value is in the list; undefined for one that is alone. */
export function comparePeers(
  regions: RegionValues,
  leastPeers: number,
): (region: string, own: number) => Peers | undefined {
  const groups = new Map<string, Group>();
  let whole: Group | undefined;
  const groupOf = (region: string): Group => {
    let group = groups.get(region);
    if (group === undefined) {
      const values = regions.get(region) ?? [];
      if (values.length > leastPeers) group = gather(values);
      else group = whole ??= gather([...regions.values()].flat());
      groups.set(region, group);
    }
    return group;
  };
  return (region, own) => {
    const { sorted, peers } = groupOf(region);
    return peers ?? peersAmong(without(sorted, own));
  };
}

/** `peers` only of a large group, in which they are the same for all. */
type Group = { readonly sorted: Float64Array; readonly peers: Peers | undefined };

function gather(values: readonly number[]): Group {
  const sorted = Float64Array.from(values).sort();
  return { sorted, peers: sorted.length > SMALL_GROUP ? peersAmong(sorted) : undefined };
}

function peersAmong(sorted: Float64Array): Peers | undefined {
  if (sorted.length === 0) return undefined;
  const median = medianOf(sorted);
  return { median, spread: TO_DEVIATION * medianDistance(sorted, median) };
}

function without(sorted: Float64Array, value: number): Float64Array {
  const at = sorted.indexOf(value);
  return at < 0 ? sorted : sorted.filter((_, index) => index !== at);
}

function medianOf(sorted: Float64Array): number {
  const upper = at(sorted, sorted.length >> 1);
  return sorted.length % 2 === 1 ? upper : (at(sorted, (sorted.length >> 1) - 1) + upper) / 2;
}

/** The distances from the median grow towards both ends, so the nearer end of what is left is next. */
function medianDistance(sorted: Float64Array, median: number): number {
  let low = 0;
  let high = sorted.length - 1;
  // Take the furthest away until half of them are gone.
  while (high - low + 1 > (sorted.length >> 1) + 1) {
    if (median - at(sorted, low) > at(sorted, high) - median) low += 1;
    else high -= 1;
  }
  const furthest = Math.max(median - at(sorted, low), at(sorted, high) - median);
  if (sorted.length % 2 === 1 || sorted.length < 2) return furthest;
  if (median - at(sorted, low) > at(sorted, high) - median) low += 1;
  else high -= 1;
  return (furthest + Math.max(median - at(sorted, low), at(sorted, high) - median)) / 2;
}

function at(sorted: Float64Array, index: number): number {
  return sorted[index] ?? Number.NaN;
}
