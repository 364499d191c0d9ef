/**
 * Holds what is known of every node: its lease, its health, its last probe, an operator's word.
 *
 * Everything that is learned passes through here, core decides what it means, and each change is told
 * once, with its reason, to the history. What viewers are told is read from the ranking board, which
 * follows behind.
 */
import type { ConfiguredPathway } from "../cdn/read-pathway-file.ts";
import type { Heartbeat, Registration } from "../contract/appliance-lease.ts";
import type { NodeDocument } from "../contract/fleet-history.ts";
import type {
  ApplianceView,
  CdnView,
  FleetView,
  HealthState,
  ProbeWarning,
} from "../contract/fleet-view.ts";
import { needsCloseWatch } from "../core/health/close-watch.ts";
import { FIT_GRADE } from "../core/health/grade-node.ts";
import { type HealthEvent, observeNode } from "../core/health/node-health.ts";
import { deservesEjection } from "../core/health/weigh-evidence.ts";
import type { ProbeTarget } from "../core/probe/probe-schedule.ts";
import { type ProbeFindings, WARNING_WORDS, warningsAfter } from "../core/probe/probe-warnings.ts";
import { type Override, restoredOverride, type StoredOverride } from "../core/ranking/override.ts";
import type { RankedNode } from "../core/ranking/ranked-node.ts";
import { LeaseBook } from "../core/registry/lease-book.ts";
import type { Member, RegistryDecision } from "../core/registry/registry.ts";
import { type StoredMember, storedMemberOf } from "../core/registry/stored-member.ts";
import type { PlayersVerdict } from "../core/reports/players-verdict.ts";
import { pathwayFingerprint } from "../core/session/viewer-session.ts";
import type { NewEvent } from "../history/open-history.ts";
import type { SteeringPolicy } from "../profiles.ts";
import {
  type FleetNode,
  gradeNow,
  incarnationOf,
  probedUrlBehind,
  rankedNode,
  urlOf,
  viewOfNode,
} from "./fleet-node.ts";
import { openFleetJudge } from "./judge-fleet.ts";
import { keepOverrides } from "./keep-overrides.ts";
import { lookAtNodes } from "./look-at-nodes.ts";

export type FleetOptions = {
  readonly policy: SteeringPolicy;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly tell: (event: NewEvent) => void;
  /** What the ranking has to know of: `urgent` is what viewers must be told at once. */
  readonly onChange: (kind: "calm" | "urgent") => void;
  /** A node has become fit to take viewers, or is none any more. */
  readonly onStateChange?: (node: FleetNode, from: HealthState | "unknown") => void;
  /** Running sessions that were sent there. */
  readonly viewersOn: (id: string) => number;
  readonly verdicts: (nowMs: number) => ReadonlyMap<string, PlayersVerdict>;
  /** For the next start. */
  readonly saveMember: (id: string, member: unknown) => void;
  readonly forgetMember: (id: string) => void;
  /** It is found there from now on. */
  readonly onAddress?: (id: string, url: string) => void;
  /** It is another process, or a CDN that the file has elsewhere now. */
  readonly onNewLife?: (id: string) => void;
  /** It is no node any more, not even one that is gone. */
  readonly onForgotten?: (id: string) => void;
};

type WarningsOfProbe = {
  readonly before: readonly ProbeWarning[];
  readonly now: readonly ProbeWarning[];
  readonly url: string;
};

export type Fleet = ReturnType<typeof keepFleet>;

/** Of each node, as it was last. */
export type KnownPast = {
  readonly nodes: ReadonlyMap<string, Pick<NodeDocument, "state" | "url">>;
  readonly overrides: ReadonlyMap<string, StoredOverride>;
};

export function keepFleet(options: FleetOptions) {
  const { policy, now, tell, onChange } = options;
  const nodes = new Map<string, FleetNode>();
  const book = new LeaseBook({
    policy: policy.registry,
    random: options.random,
    isReserved: (id) => nodes.get(id)?.standing.kind === "cdn",
  });
  /** On trial or under suspicion: looked at with every probe round, so it is kept and not searched. */
  const closelyWatched = new Set<string>();
  const startedAtMs = now();
  let membershipVersion = 0;
  let wasPreserving = false;
  let wasFailOpen = false;
  let configured: readonly ConfiguredPathway[] = [];
  /** Of CDNs, how they were before a restart, until the file has named them. */
  let remembered: KnownPast["nodes"] = new Map();
  const { nodeCalled, ...sight } = lookAtNodes(nodes);
  const overrides = keepOverrides({ nodes, tell, onChange: () => onChange("urgent") });
  const judge = openFleetJudge({
    nodes,
    policy,
    verdicts: options.verdicts,
    observe,
    tell,
    startedAtMs,
  });

  function observe(node: FleetNode, event: HealthEvent, nowMs: number): void {
    const { state } = node.health;
    node.health = observeNode(node.health, event, policy.health, nowMs);
    noteHealth(node, state, nowMs);
  }

  function noteHealth(node: FleetNode, from: HealthState | "unknown", nowMs: number): void {
    const { state: to, reason } = node.health;
    if (needsCloseWatch(node.health, policy.health, nowMs)) closelyWatched.add(node.id);
    else closelyWatched.delete(node.id);
    if (from === to) return;
    const probeUrl = probedUrlBehind(reason, node);
    const details = probeUrl === undefined ? {} : { details: { probeUrl } };
    tell({ kind: "state", subject: node.id, from, to, reason, ...details });
    onChange("urgent");
    options.onStateChange?.(node, from);
  }

  function newNode(id: string, standing: FleetNode["standing"], nowMs: number): FleetNode {
    const report = standing.kind === "appliance" ? standing.member.report : undefined;
    const url = standing.kind === "appliance" ? standing.member.url : standing.pathway.url;
    const node: FleetNode = {
      id,
      fingerprint: pathwayFingerprint(url),
      pathway: undefined,
      standing,
      health: observeNode(undefined, { kind: "registered", report }, policy.health, nowMs),
      probe: undefined,
      override: overrides.takeAwaited(id, nowMs),
      admittedShare: 1,
      isFit: true,
      fitnessSinceMs: nowMs,
    };
    nodes.set(id, node);
    membershipVersion += 1;
    options.onAddress?.(id, url);
    return node;
  }

  /** Ends the leases whose time is up, so that no answer is given on one that has run out. */
  function settleLeases(nowMs: number): void {
    const { ended, spared, forgotten } = book.settle(nowMs);
    for (const member of ended) endLease(member, nowMs);
    for (const { member, reason } of spared) {
      const node = nodes.get(member.id);
      if (node === undefined) continue;
      node.standing = { kind: "appliance", member };
      tell({ kind: "spared", subject: member.id, from: "held", to: "overdue", reason });
      onChange("urgent");
    }
    for (const id of forgotten) forget(id, nowMs);
    if (book.isPreserving === wasPreserving) return;
    wasPreserving = book.isPreserving;
    tellSwitch("self-preservation", wasPreserving, "heartbeats-missing-at-once");
  }

  function forget(id: string, nowMs: number): void {
    overrides.await(id, nodes.get(id)?.override);
    nodes.delete(id);
    closelyWatched.delete(id);
    membershipVersion += 1;
    onChange("calm");
    options.onForgotten?.(id);
    // A pathway of the file that had to wait for its name.
    const waiting = configured.find((pathway) => pathway.id === id);
    if (waiting !== undefined) takePathway(waiting, nowMs);
  }

  function endLease(member: Member, nowMs: number): void {
    const node = nodes.get(member.id);
    if (node === undefined || member.lease.state !== "ended") return;
    const { reason } = member.lease;
    node.standing = { kind: "appliance", member };
    membershipVersion += 1;
    options.forgetMember(member.id);
    tell({ kind: "left", subject: member.id, from: "held", to: "ended", reason });
    observe(node, { kind: "lease-ended", reason }, nowMs);
  }

  function accept(decision: RegistryDecision, nowMs: number): RegistryDecision {
    if (decision.outcome === "refused") return decision;
    const { member, reason } = decision;
    const known = nodes.get(member.id);
    switch (reason) {
      case "registered":
        beginLife(member, known, nowMs);
        break;
      case "confirmed":
      case "renewed":
        if (known === undefined) throw new TypeError(`Appliance ${member.id} is not known`);
        hearFrom(known, member, nowMs);
        break;
      case "cancelled":
        endLease(member, nowMs);
    }
    return decision;
  }

  function beginLife(member: Member, known: FleetNode | undefined, nowMs: number): void {
    const standing = { kind: "appliance", member } as const;
    options.saveMember(member.id, storedMemberOf(member));
    tell({
      kind: "joined",
      subject: member.id,
      from: known === undefined ? null : urlOf(known),
      to: member.url,
      reason: known === undefined ? "registered" : "registered-again",
    });
    if (known === undefined) {
      noteHealth(newNode(member.id, standing, nowMs), "unknown", nowMs);
      return;
    }
    options.onNewLife?.(member.id);
    options.onAddress?.(member.id, member.url);
    known.standing = standing;
    known.fingerprint = pathwayFingerprint(member.url);
    known.probe = undefined;
    membershipVersion += 1;
    onChange("urgent");
    observe(known, { kind: "registered", report: member.report }, nowMs);
  }

  /** Ten thousand a second may come: nothing is told unless something changed. */
  function hearFrom(node: FleetNode, member: Member, nowMs: number): void {
    const wasOverdue =
      node.standing.kind === "appliance" && node.standing.member.lease.state === "overdue";
    node.standing = { kind: "appliance", member };
    observe(node, { kind: "reported", report: member.report }, nowMs);
    onChange(wasOverdue ? "urgent" : "calm");
  }

  /** A pathway of the file, as it now stands there. */
  function takePathway(pathway: ConfiguredPathway, nowMs: number): void {
    const { id, url } = pathway;
    const known = nodes.get(id);
    // An appliance that was there first keeps its id until it goes.
    if (known?.standing.kind === "appliance") return;
    const standing = { kind: "cdn", pathway, incarnation: url } as const;
    if (known !== undefined && urlOf(known) === url) {
      known.standing = standing;
      // It may be probed otherwise from now on.
      membershipVersion += 1;
      return;
    }
    const from = known === undefined ? null : urlOf(known);
    tell({ kind: "joined", subject: id, from, to: url, reason: "in-file" });
    if (known !== undefined) options.onNewLife?.(id);
    const node = newNode(id, standing, nowMs);
    // An operator's word is about the pathway, wherever it leads.
    if (known !== undefined) node.override = known.override;
    const past = remembered.get(id);
    const isAsItWas = past?.url === url && believe(node, past.state);
    noteHealth(node, isAsItWas ? node.health.state : "unknown", nowMs);
  }

  /** After a restart: who was well is believed to be well still, and nothing has happened to it. */
  function believe(node: FleetNode, state: NodeDocument["state"] | undefined): boolean {
    if (state !== "up" && state !== "down") return false;
    node.health = { ...node.health, state, reason: "restored" };
    return true;
  }

  function tellSwitch(kind: "fail-open" | "self-preservation", isOn: boolean, reason: string) {
    const [from, to] = isOn ? ["off", "on"] : ["on", "off"];
    tell({ kind, subject: "fleet", from, to, reason });
    onChange("urgent");
  }

  return {
    register(registration: Registration): RegistryDecision {
      const nowMs = now();
      settleLeases(nowMs);
      return accept(book.register(registration, nowMs), nowMs);
    },

    renew(id: string, heartbeat: Heartbeat): RegistryDecision {
      const nowMs = now();
      settleLeases(nowMs);
      return accept(book.renew(id, heartbeat, nowMs), nowMs);
    },

    cancel(id: string, incarnation: string | undefined): RegistryDecision {
      const nowMs = now();
      settleLeases(nowMs);
      return accept(book.cancel(id, incarnation, nowMs), nowMs);
    },

    /**
     * After a restart: the members as they were, each with a lease of its own from now on.
     * @param past of what is known from the history; who was well is believed to be well still, and what
     * an operator has said goes on.
     */
    restore(rows: Iterable<unknown>, past: KnownPast, wallMs: number) {
      const nowMs = now();
      for (const [id, stored] of past.overrides) {
        overrides.await(id, restoredOverride(stored, { nowMs, wallMs }));
      }
      remembered = past.nodes;
      const { restored, dropped } = book.restore(rows, nowMs);
      for (const member of restored) {
        const node = newNode(member.id, { kind: "appliance", member }, nowMs);
        believe(node, past.nodes.get(member.id)?.state);
        noteHealth(node, node.health.state, nowMs);
      }
      if (restored.length > 0) onChange("urgent");
      return { restored: restored.length, dropped };
    },

    /** Those that hold a lease, as `restore` takes them. */
    *storedMembers(): IterableIterator<readonly [id: string, member: StoredMember]> {
      for (const member of book.list()) {
        if (member.lease.state !== "ended") yield [member.id, storedMemberOf(member)];
      }
    },

    /** The pathways that are not ours, as they now stand in their file. */
    usePathways(pathways: readonly ConfiguredPathway[]): void {
      const nowMs = now();
      const named = new Map(pathways.map((pathway) => [pathway.id, pathway]));
      configured = pathways;
      for (const node of nodes.values()) {
        if (node.standing.kind !== "cdn" || named.has(node.id)) continue;
        forget(node.id, nowMs);
        tell({ kind: "left", subject: node.id, from: "held", to: "ended", reason: "not-in-file" });
      }
      for (const pathway of pathways) takePathway(pathway, nowMs);
      remembered = new Map();
      onChange("urgent");
    },

    /** An answer for an earlier life of the node says nothing. */
    observeProbe(target: Pick<ProbeTarget, "id" | "incarnation">, findings: ProbeFindings): void {
      const { outcome, url } = findings;
      const node = nodes.get(target.id);
      if (node === undefined || incarnationOf(node) !== target.incarnation) return;
      const nowMs = now();
      const before = node.probe?.warnings ?? [];
      const warnings = warningsAfter(before, findings);
      node.probe = { outcome, url, warnings, atMs: nowMs };
      tellWarnings(node.id, { before, now: warnings, url });
      if (!outcome.ok && outcome.isFact) book.confirmDead(node.id, nowMs);
      observe(node, { kind: "probed", outcome }, nowMs);
      const isFit = gradeNow(node, policy.health, nowMs).grade >= FIT_GRADE;
      onChange(isFit === node.isFit ? "calm" : "urgent");
      if (deservesEjection(node.health, policy.health, nowMs)) judge.eject(nowMs);
    },

    override(id: string, override: Override, reason: string): void {
      overrides.set(nodeCalled(id), override, reason);
    },
    liftOverride: overrides.lift,

    /** Lets the time pass for leases, overrides and the fleet as a whole; cheap. */
    settle(nowMs: number): void {
      settleLeases(nowMs);
      overrides.settle(nowMs);
      if (sight.isFailOpen() === wasFailOpen) return;
      wasFailOpen = !wasFailOpen;
      tellSwitch("fail-open", wasFailOpen, wasFailOpen ? "nobody-usable" : "somebody-usable");
    },

    /** Weighs everything that is known of everybody, a piece with each step. */
    judge: judge.judge,

    /** For the ranking. Whoever has crossed the line of fitness since the last time is told of. */
    rankedNodes(nowMs: number): RankedNode[] {
      return Array.from(nodes.values(), (node) => {
        const grade = gradeNow(node, policy.health, nowMs);
        noteFitness(node, grade);
        const viewers = options.viewersOn(node.id);
        return rankedNode(node, { grade, moment: { nowMs, policy: policy.health, viewers } });
      });
    },

    node: (id: string): FleetNode | undefined => nodes.get(id),
    nodes: (): IterableIterator<FleetNode> => nodes.values(),
    get size(): number {
      return nodes.size;
    },
    ...sight,
    isPreservingItself: (): boolean => book.isPreserving,
    awaitedOverrides: overrides.awaited,
    membershipVersion: (): number => membershipVersion,
    urgentIds: (): Iterable<string> => closelyWatched,

    /** Not every appliance has had the time to register since steering started. */
    isSettling: (): boolean => now() - startedAtMs < policy.registry.leaseMs,

    view(wallMs: number): Omit<FleetView, "pathwayFile"> {
      settleLeases(now());
      const appliances: ApplianceView[] = [];
      const cdns: CdnView[] = [];
      const sorted = Array.from(nodes.values()).sort((a, b) => (a.id < b.id ? -1 : 1));
      for (const node of sorted) {
        const view = viewAt(node);
        if ("report" in view) appliances.push(view);
        else cdns.push(view);
      }
      return {
        at: new Date(wallMs).toISOString(),
        failOpen: sight.isFailOpen(),
        selfPreservation: book.isPreserving,
        appliances,
        cdns,
      };
    },

    /** One of them; undefined for a node that is not known. */
    viewOf(id: string): ApplianceView | CdnView | undefined {
      const node = nodes.get(id);
      return node === undefined ? undefined : viewAt(node);
    },
  };

  function viewAt(node: FleetNode): ApplianceView | CdnView {
    const viewers = options.viewersOn(node.id);
    return viewOfNode(node, { nowMs: now(), policy: policy.health, viewers });
  }

  /** Each once when it begins, and once when it is over. */
  function tellWarnings(subject: string, { before, now, url }: WarningsOfProbe): void {
    const event = { kind: "warning", subject, details: { probeUrl: url } } as const;
    for (const warning of now) {
      if (before.includes(warning)) continue;
      tell({ ...event, from: null, to: warning, reason: WARNING_WORDS[warning] });
    }
    for (const warning of before) {
      if (now.includes(warning)) continue;
      tell({ ...event, from: warning, to: null, reason: "over" });
    }
  }

  function noteFitness(node: FleetNode, grade: { grade: number; reason: string }): void {
    const isFit = grade.grade >= FIT_GRADE;
    if (isFit === node.isFit) return;
    node.isFit = isFit;
    node.fitnessSinceMs = now();
    // A change of state has been told already.
    if (node.health.state !== "up") return;
    const [from, to] = isFit ? ["sick", "fit"] : ["fit", "sick"];
    tell({
      kind: "grade",
      subject: node.id,
      from,
      to,
      reason: grade.reason,
      details: { grade: grade.grade },
    });
  }
}
