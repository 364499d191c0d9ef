/**
 * What is usual among the peers of a node for one signal: the median of the others and their spread
 * (median absolute deviation), which one sick peer, or two of five, cannot move.
 *
 * Peers are those of the same region, or all if these are too few. One group is sorted once for
 * everybody in it; only in a small one does it matter to leave a node's own value out.
 */
export type Peers = { readonly median: number; readonly spread: number };

export type PeerValue = { readonly region: string; readonly value: number };

/** Makes the median absolute deviation of normal noise its standard deviation. */
const TO_DEVIATION = 1.4826;
/** Above so many a single value moves the median by next to nothing. */
const SMALL_GROUP = 8;

/** @returns the peers of one whose own value is in the list; undefined for one that is alone. */
export function comparePeers(
  values: readonly PeerValue[],
  leastPeers: number,
): (own: PeerValue) => Peers | undefined {
  const regions = Map.groupBy(values, ({ region }) => region);
  const groups = new Map<string, Group>();
  let whole: Group | undefined;
  const groupOf = (region: string): Group => {
    const known = groups.get(region);
    if (known !== undefined) return known;
    const members = regions.get(region) ?? [];
    const isLarge = members.length > leastPeers;
    if (!isLarge) whole ??= gather(values);
    const group = isLarge || whole === undefined ? gather(members) : whole;
    groups.set(region, group);
    return group;
  };
  return ({ region, value }) => {
    const group = groupOf(region);
    return group.sorted.length > SMALL_GROUP
      ? group.peers
      : peersAmong(without(group.sorted, value));
  };
}

type Group = { readonly sorted: Float64Array; readonly peers: Peers | undefined };

function gather(members: readonly PeerValue[]): Group {
  const sorted = Float64Array.from(members, ({ value }) => value).sort();
  return { sorted, peers: sorted.length > SMALL_GROUP ? peersAmong(sorted) : undefined };
}

function peersAmong(sorted: Float64Array): Peers | undefined {
  if (sorted.length === 0) return undefined;
  const median = medianOf(sorted);
  const distances = sorted.map((value) => Math.abs(value - median)).sort();
  return { median, spread: TO_DEVIATION * medianOf(distances) };
}

function without(sorted: Float64Array, value: number): Float64Array {
  const at = sorted.indexOf(value);
  return at < 0 ? sorted : sorted.filter((_, index) => index !== at);
}

function medianOf(sorted: Float64Array): number {
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}
