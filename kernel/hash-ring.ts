/**
 * Gives each key a few homes among many members: consistent hashing on a ring of points (Karger et al.
 * 1997), with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2018).
 *
 * A member owns as many points as it has weight, and a key belongs to the owner of the next point. Whoever
 * may take no more is passed over, so a key goes to the next member rather than to a full one; with a bound
 * above the mean there is always somebody below it, and few keys move when a member comes or goes. Against
 * rendezvous hashing (rendezvous.ts) a key costs a binary search instead of a hash per member.
 */
import { hashText } from "./seeded-random.ts";

export type RingMember = {
  /** Where its points begin: `spotOf` its name. */
  readonly spot: number;
  /** How many it has. */
  readonly points: number;
};

export type HashRing = {
  /** Ascending, 32 bits each. */
  readonly points: Uint32Array;
  /** Whose each point is, as an index into the members. */
  readonly owners: Uint32Array;
};

export type RingWalk = {
  readonly spot: number;
  readonly count: number;
  /** Ends the search where nearly everybody is passed over. */
  readonly maxSteps: number;
};

/** Leaves 32 of the 53 exact bits of a number to the point. */
const MAX_MEMBERS = 2 ** 21;
const GOLDEN_RATIO = 0x9e3779b9;

/** A name's place on the ring. */
export const spotOf = (name: string): number => hashText(name);

/** Two spots as one, as if the names had been hashed together: murmur3's mixer. */
export function mixSpots(a: number, b: number): number {
  let mixed = a ^ Math.imul(b, GOLDEN_RATIO);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A spot as a share of the ring, from 0 up to but not including 1. */
export const shareOfSpot = (spot: number): number => spot / 2 ** 32;

export function buildHashRing(members: readonly RingMember[]): HashRing {
  if (members.length > MAX_MEMBERS) throw new RangeError(`More than ${MAX_MEMBERS} ring members`);
  const total = members.reduce((sum, { points }) => sum + points, 0);
  // One number holds the point and its owner: numbers are sorted many times faster than objects.
  const keys = new Float64Array(total);
  let at = 0;
  for (const [member, { spot, points }] of members.entries()) {
    for (let point = 0; point < points; point += 1) {
      keys[at] = mixSpots(spot, point) * MAX_MEMBERS + member;
      at += 1;
    }
  }
  keys.sort();
  const ring = { points: new Uint32Array(total), owners: new Uint32Array(total) };
  for (let index = 0; index < total; index += 1) {
    const key = keys[index] ?? 0;
    const point = Math.floor(key / MAX_MEMBERS);
    ring.points[index] = point;
    ring.owners[index] = key - point * MAX_MEMBERS;
  }
  return ring;
}

/** The first members from a spot on that may take the key: `count` of them, or as many as there are. */
export function ownersOnRing(
  { points, owners }: HashRing,
  { spot, count, maxSteps }: RingWalk,
  mayOwn: (member: number) => boolean,
): number[] {
  const found: number[] = [];
  const steps = Math.min(points.length, maxSteps);
  let at = firstAtOrAfter(points, spot);
  for (let step = 0; step < steps && found.length < count; step += 1, at += 1) {
    const member = owners[at % points.length] ?? 0;
    if (!found.includes(member) && mayOwn(member)) found.push(member);
  }
  return found;
}

/** The index of the first of these ascending numbers that is not below `sought`; their count if none. */
export function firstAtOrAfter(ascending: Uint32Array, sought: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < sought) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How many keys a member may hold when `keys` are shared out: `factor` times its fair share, rounded up.
 * With equal weights no member exceeds `ceil(factor × mean)`, and there is always room for them all.
 */
export function loadBound(
  factor: number,
  share: { readonly keys: number; readonly weight: number; readonly totalWeight: number },
): number {
  // In this order, because a share of 1/3 is no exact number.
  return Math.ceil((factor * share.keys * share.weight) / share.totalWeight);
}
