/** Joins the fleet with its history: what is kept of it as it changes, and how it begins after a restart. */
import type { FleetDocument, NodeDocument, OverrideDocument } from "../contract/fleet-history.ts";
import { nodeDocument } from "../core/history/node-document.ts";
import type { Override, StoredOverride } from "../core/ranking/override.ts";
import type { History, NewEvent, PastFleet } from "../history/open-history.ts";
import type { SteeringPolicy } from "../profiles.ts";
import type { Fleet, KnownPast } from "./keep-fleet.ts";

type Joined = {
  readonly history: History;
  readonly fleet: Fleet;
};

/** Nodes that are looked at in each turn though nothing was told of them: a grade may have crept. */
const NODES_IN_TURN = 20;

export function keepHistoryOfFleet({ history, fleet }: Joined) {
  const changed = new Set<string>();
  let turn: IterableIterator<{ readonly id: string }> | undefined;

  function note(id: string): void {
    const view = fleet.viewOf(id);
    history.noteNode(id, view === undefined ? null : nodeDocument(view));
  }

  /** It is no node any more: as of now it is not there. */
  function forget(id: string): void {
    changed.delete(id);
    // First: an operator's word about it is in no other document from now on.
    if (fleet.awaitedOverrides().has(id)) noteFleet({ history, fleet });
    history.noteNode(id, null);
  }

  return {
    /** @param subject of an event. */
    noteChange(subject: string): void {
      if (fleet.node(subject) !== undefined) changed.add(subject);
      // A word about one that is away stands with the fleet as a whole.
      else noteFleet({ history, fleet });
    },
    forget,
    /** After a start, once the file of CDNs has been used: whoever is not there now is gone. */
    forgetAbsent(): void {
      for (const id of history.knownNodes()) if (fleet.node(id) === undefined) forget(id);
    },
    /** To be called by the loop. */
    keep(): void {
      for (const id of changed) note(id);
      changed.clear();
      for (let count = 0; count < NODES_IN_TURN; count += 1) {
        turn ??= fleet.nodes();
        const next = turn.next();
        if (next.done) {
          turn = undefined;
          break;
        }
        note(next.value.id);
      }
      noteFleet({ history, fleet });
    },
  };
}

function noteFleet({ history, fleet }: Joined): void {
  const awaited = Array.from(
    fleet.awaitedOverrides(),
    ([id, override]) => [id, overrideDocument(override)] as const,
  );
  const document: FleetDocument = {
    failOpen: fleet.isFailOpen(),
    selfPreservation: fleet.isPreservingItself(),
    awaited: Object.fromEntries(awaited),
  };
  history.noteFleet(document);
}

/** A fleet of so many leases ago says little about now. */
const BELIEVED_LEASES = 5;

/**
 * Steering starts from its last known fleet, and is right again within one heartbeat. Of a fleet of long ago
 * only the names are taken: each member is on trial, behind whoever registers and is well.
 */
export function restoreFleet({
  history,
  fleet,
  policy,
  wallNow,
  tell,
}: Joined & {
  readonly policy: Pick<SteeringPolicy, "registry" | "history">;
  readonly wallNow: () => number;
  readonly tell: (event: NewEvent) => void;
}): void {
  const rows = history.loadMembers();
  // The last of all, and not those of now: the time of day may have been set back.
  const fleetThen = history.fleetAt(Number.MAX_SAFE_INTEGER);
  const past = fleetThen.outcome === "recorded" ? pastOf(fleetThen) : NO_PAST;
  const wallMs = wallNow();
  const isRecent = isBelievable(history.aliveBeforeMs(), policy, wallMs);
  const { restored, dropped } = fleet.restore(
    rows.map(({ member }) => member),
    isRecent ? past : { ...past, nodes: NO_PAST.nodes },
    wallMs,
  );
  const reason = isRecent ? "from-last-known-fleet" : "from-fleet-of-long-ago";
  tell({
    kind: "started",
    subject: "fleet",
    from: null,
    to: null,
    reason: restored > 0 ? reason : "from-nothing",
    details: { restored, dropped },
  });
}

/** A clock that has been set back makes ages that are none; a little of that is ordinary. */
function isBelievable(
  aliveMs: number | undefined,
  { registry, history }: Pick<SteeringPolicy, "registry" | "history">,
  wallMs: number,
): boolean {
  if (aliveMs === undefined) return false;
  const ageMs = wallMs - aliveMs;
  return ageMs >= -history.clock.toleranceMs && ageMs <= BELIEVED_LEASES * registry.leaseMs;
}

const NO_PAST: KnownPast = { nodes: new Map(), overrides: new Map() };

function pastOf({ fleet, nodes }: PastFleet): KnownPast {
  const documents = nodes.map(({ id, document }) => [id, document as NodeDocument] as const);
  const words = [
    ...Object.entries((fleet as FleetDocument | null)?.awaited ?? {}),
    ...documents.flatMap(([id, { override }]) =>
      override === null ? [] : [[id, override] as const],
    ),
  ];
  return {
    nodes: new Map(documents),
    overrides: new Map(words.map(([id, override]) => [id, storedOverride(override)])),
  };
}

function overrideDocument(override: Override): OverrideDocument {
  const { action, reason, sinceWallMs, endsAtWallMs } = override;
  const [since, endsAt] = [new Date(sinceWallMs), new Date(endsAtWallMs)];
  return { action, reason, since: since.toISOString(), endsAt: endsAt.toISOString() };
}

function storedOverride({ action, reason, since, endsAt }: OverrideDocument): StoredOverride {
  return { action, reason, sinceWallMs: Date.parse(since), endsAtWallMs: Date.parse(endsAt) };
}
