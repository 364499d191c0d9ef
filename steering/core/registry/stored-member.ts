/**
 * What is kept of a member while steering is not running, and how it is believed afterwards.
 *
 * After its restart steering knows nothing of the time between, so each stored member holds a whole
 * lease from then on, marked as restored until it is heard of: whoever lives renews within one
 * heartbeat, without registering, and whoever does not is gone after one lease. A row that is not as
 * it should be is dropped, because an older or newer steering may have written it.
 */
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { Registration } from "../../contract/appliance-lease.ts";
import { MAX_SUPERSEDED, type Member, type RegistryPolicy } from "./registry.ts";

const { incarnation } = Registration.properties;

export const StoredMember = Type.Object(
  {
    ...Registration.properties,
    sequence: Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER }),
    superseded: Type.Optional(Type.Array(incarnation, { maxItems: MAX_SUPERSEDED })),
  },
  { additionalProperties: false },
);
export type StoredMember = Static<typeof StoredMember>;

export function storedMemberOf(member: Member): StoredMember {
  const { id, region, url, incarnation, sequence, report, superseded } = member;
  return { id, region, url, incarnation, sequence, report, superseded: [...superseded] };
}

/** @returns undefined for a row that cannot be believed. */
export function restoredMember(
  row: unknown,
  { leaseMs }: RegistryPolicy,
  nowMs: number,
): Member | undefined {
  if (!Value.Check(StoredMember, row)) return undefined;
  const { id, region, url, incarnation, sequence, report, superseded = [] } = row;
  return {
    id,
    region,
    url,
    incarnation,
    sequence,
    report,
    superseded,
    reportedAtMs: nowMs,
    lease: { state: "held", endsAtMs: nowMs + leaseMs },
    bornAtMs: [],
    isRestored: true,
  };
}
