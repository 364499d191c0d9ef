/**
 * Decides which of the leases that have run out are ended now, and which of their holders are spared.
 *
 * When many fall silent at once, the likelier culprit is what they share, and that is often steering's
 * own network: then nobody is given up (Eureka's self-preservation), except who is known to be dead
 * and who has been spared for long enough. Of the others only a share may go in one round, drawn by
 * lot, so that no region is wiped first. To be spared is no favour in the ranking: the lease is over,
 * and its holder is overdue.
 */
import type { Member } from "./registry.ts";

export type LapsePolicy = {
  readonly eviction: { readonly maxShare: number; readonly everyMs: number };
  readonly selfPreservation: {
    /** In a smaller fleet a share says nothing. */
    readonly minMembers: number;
    readonly minSilent: number;
    /** So few that still renew, or fewer, are too few. */
    readonly renewingShare: number;
    readonly preserveForMs: number;
  };
};

export type SpareReason = "self-preservation" | "eviction-cap";

/** What the fleet sounds like; those that are known to be dead are in neither number. */
export type Silence = { readonly members: number; readonly silent: number };

export type RunOutLeases = {
  readonly runOut: readonly RunOutMember[];
  readonly isPreserving: boolean;
  readonly isKnownDead: (id: string) => boolean;
  /** How many of this round's may still go. */
  readonly evictionsLeft: number;
};

/** A lease that may be looked at here: it has an end, and that is past. */
export type RunOutMember = Member & {
  readonly lease: { readonly state: "held" | "overdue"; readonly endsAtMs: number };
};

export type Lapse = {
  readonly ended: readonly RunOutMember[];
  readonly spared: readonly { readonly member: RunOutMember; readonly reason: SpareReason }[];
};

export function decideLapses(
  { runOut, isPreserving, isKnownDead, evictionsLeft }: RunOutLeases,
  { selfPreservation }: LapsePolicy,
  nowMs: number,
  random: () => number,
): Lapse {
  const isGivenUp = ({ id, lease }: RunOutMember) =>
    !isPreserving || isKnownDead(id) || nowMs - lease.endsAtMs >= selfPreservation.preserveForMs;
  const { chosen, others } = drawSome(runOut.filter(isGivenUp), evictionsLeft, random);
  return {
    ended: chosen,
    spared: [
      ...others.map((member) => ({ member, reason: "eviction-cap" as const })),
      ...runOut
        .filter((member) => !isGivenUp(member))
        .map((member) => ({ member, reason: "self-preservation" as const })),
    ],
  };
}

/** Who has not renewed counts, not how many heartbeats are missing: a busy one hides no silent one. */
export function isTooQuiet({ members, silent }: Silence, policy: LapsePolicy): boolean {
  const { minMembers, minSilent, renewingShare } = policy.selfPreservation;
  return (
    members >= minMembers && silent >= minSilent && members - silent <= renewingShare * members
  );
}

/** How many leases may end in one round of `everyMs`. */
export function evictionLimit(fleetSize: number, { eviction }: LapsePolicy): number {
  return Math.max(1, Math.floor(fleetSize * eviction.maxShare));
}

/** Fisher and Yates' shuffle, ended when enough are drawn. */
function drawSome<Item>(
  items: readonly Item[],
  atMost: number,
  random: () => number,
): { readonly chosen: readonly Item[]; readonly others: readonly Item[] } {
  const pile = [...items];
  const count = Math.min(atMost, pile.length);
  for (let index = 0; index < count; index += 1) {
    const drawn = index + Math.floor(random() * (pile.length - index));
    [pile[index], pile[drawn]] = [pile[drawn] as Item, pile[index] as Item];
  }
  return { chosen: pile.slice(0, count), others: pile.slice(count) };
}
