/**
 * Remembers what each session reported of each node in the last one to two windows, and what the
 * players together say of a node from it.
 *
 * A report costs the same however many came before. Memory is bounded: so many sessions in a window,
 * so many nodes of each, so many reports of each. Of a crowd beyond that a sample is heard, drawn anew
 * for each window by the hash of the session: whoever comes first or sends most has no better chance.
 */
import { hashText } from "../../../kernel/seeded-random.ts";
import { judgePlayers, type PlayersVerdict, type VerdictPolicy } from "./players-verdict.ts";
import type { PlayerReport } from "./read-player-report.ts";
import { noteSequence, type SeenSequences } from "./seen-sequences.ts";
import {
  addTallies,
  EMPTY_TALLY,
  type Say,
  type SessionPolicy,
  type Tally,
  weighSession,
} from "./weigh-session.ts";

export type ReportPolicy = SessionPolicy &
  VerdictPolicy & {
    readonly windowMs: number;
    /** Verdicts are no newer than this. */
    readonly judgeEveryMs: number;
    readonly maxSessions: number;
    readonly maxReportsPerSession: number;
  };

export type Noted =
  | "noted"
  | "repeated"
  | "says-nothing"
  | "unknown-node"
  /** Not a pathway of the session. */
  | "foreign-node"
  /** Too many sessions report at once, and this one is not in the sample. */
  | "not-heard";

/** What of one session is remembered of one window. */
type SessionLog = {
  readonly tallies: Map<string, Tally>;
  /** How many times a node had been forgotten when this was last looked through. */
  forgettings: number;
  reports: number;
  seen: SeenSequences | undefined;
  /** Where it was when it last said so. */
  lastNode: string | undefined;
};

const MAX_NODES_PER_SESSION = 16;

export class ReportLedger {
  readonly #policy: ReportPolicy;
  readonly #random: () => number;
  #current = new Map<string, SessionLog>();
  #previous = new Map<string, SessionLog>();
  #salt = "";
  /** The share of all sessions that is heard in the current window. */
  #heardShare = 1;
  #windowEndsAtMs = Number.NEGATIVE_INFINITY;
  /** Node → which forgetting was its last, of this window and of the one before. */
  #forgotten = new Map<string, number>();
  #forgottenBefore: ReadonlyMap<string, number> = new Map();
  #forgettings = 0;
  #verdicts = new Map<string, PlayersVerdict>();
  #judgedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ policy, random }: { policy: ReportPolicy; random: () => number }) {
    this.#policy = policy;
    this.#random = random;
  }

  /** How many of these reports may be looked at; they count from then on. */
  admit(sessionId: string, reports: number, nowMs: number): number {
    const log = this.#logOf(sessionId, nowMs);
    if (log === undefined) return 0;
    const admitted = Math.min(reports, this.#policy.maxReportsPerSession - log.reports);
    log.reports += admitted;
    return admitted;
  }

  /**
   * @param node that the report names, if it names one.
   * @param maySpeakOf the pathways of the session: of others it has seen nothing.
   */
  note(
    sessionId: string,
    {
      report,
      node,
      maySpeakOf,
    }: {
      readonly report: PlayerReport;
      readonly node: string | undefined;
      readonly maySpeakOf: (id: string) => boolean;
    },
    nowMs: number,
  ): Noted {
    const log = this.#logOf(sessionId, nowMs);
    if (log === undefined) return "not-heard";
    const { sequence, playback } = report;
    if (sequence !== undefined) {
      const seen = noteSequence(log.seen, { playback, sequence });
      if (seen === undefined) return "repeated";
      log.seen = seen;
    }
    if (node !== undefined && !maySpeakOf(node)) return "foreign-node";
    const before = log.lastNode;
    log.lastNode = node ?? before;
    if (saysNothing(report)) return "says-nothing";
    const here = node ?? before;
    if (here === undefined) return "unknown-node";
    // A player that has just moved reports first what had made it move (CTA-5004-B, `bs`).
    const stalledOn = before ?? here;
    this.#add(log, here, { ...report, hasStalled: report.hasStalled && stalledOn === here });
    if (report.hasStalled && stalledOn !== here) this.#add(log, stalledOn, ONLY_STALLED);
    return "noted";
  }

  verdictOn(nodeId: string, nowMs: number): PlayersVerdict | undefined {
    return this.verdicts(nowMs).get(nodeId);
  }

  /** Of each node of which anything was said. */
  verdicts(nowMs: number): ReadonlyMap<string, PlayersVerdict> {
    if (nowMs - this.#judgedAtMs < this.#policy.judgeEveryMs) return this.#verdicts;
    this.#judgedAtMs = nowMs;
    this.#turn(nowMs);
    const says = new Map<string, Say[]>();
    for (const tallies of this.#talliesBySession()) {
      for (const [node, say] of weighSession(tallies, this.#policy)) {
        const sofar = says.get(node);
        if (sofar === undefined) says.set(node, [say]);
        else sofar.push(say);
      }
    }
    this.#verdicts = new Map(
      Array.from(says, ([node, its]) => [node, judgePlayers(its, this.#policy)]),
    );
    return this.#verdicts;
  }

  /**
   * The node has begun a new life: what players saw of the one before says nothing of it. Each session drops that
   * when it is looked at next, for a whole fleet may begin anew at once.
   */
  forget(node: string): void {
    this.#forgettings += 1;
    this.#forgotten.set(node, this.#forgettings);
    this.#verdicts.delete(node);
  }

  get sessions(): number {
    return this.#current.size;
  }

  #add(log: SessionLog, node: string, what: Parameters<typeof tallyOf>[0]): void {
    this.#dropForgotten(log);
    const tally = log.tallies.get(node);
    if (tally === undefined && log.tallies.size >= MAX_NODES_PER_SESSION) return;
    log.tallies.set(node, addTallies(tally ?? EMPTY_TALLY, tallyOf(what)));
  }

  *#talliesBySession(): Generator<ReadonlyMap<string, Tally>> {
    for (const [id, log] of this.#current) {
      const earlier = this.#previous.get(id);
      const tallies = this.#talliesOf(log);
      yield earlier === undefined ? tallies : merged(tallies, this.#talliesOf(earlier));
    }
    for (const [id, log] of this.#previous) {
      if (!this.#current.has(id)) yield this.#talliesOf(log);
    }
  }

  #talliesOf(log: SessionLog): ReadonlyMap<string, Tally> {
    this.#dropForgotten(log);
    return log.tallies;
  }

  #dropForgotten(log: SessionLog): void {
    if (log.forgettings === this.#forgettings) return;
    for (const node of log.tallies.keys()) {
      const last = this.#forgotten.get(node) ?? this.#forgottenBefore.get(node) ?? 0;
      if (last > log.forgettings) log.tallies.delete(node);
    }
    log.forgettings = this.#forgettings;
  }

  #logOf(sessionId: string, nowMs: number): SessionLog | undefined {
    this.#turn(nowMs);
    const known = this.#current.get(sessionId);
    if (known !== undefined) return known;
    if (this.#lotOf(sessionId) >= this.#heardShare) return undefined;
    const earlier = this.#previous.get(sessionId);
    const log: SessionLog = {
      tallies: new Map(),
      forgettings: this.#forgettings,
      reports: 0,
      seen: earlier?.seen,
      lastNode: earlier?.lastNode,
    };
    this.#current.set(sessionId, log);
    while (this.#current.size > this.#policy.maxSessions) this.#hearFewer();
    return this.#current.get(sessionId);
  }

  #lotOf(sessionId: string): number {
    return hashText(this.#salt + sessionId) / 2 ** 32;
  }

  #hearFewer(): void {
    this.#heardShare /= 2;
    for (const id of this.#current.keys()) {
      if (this.#lotOf(id) >= this.#heardShare) this.#current.delete(id);
    }
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#windowEndsAtMs) return;
    const isNext = nowMs - this.#windowEndsAtMs < this.#policy.windowMs;
    this.#previous = isNext ? this.#current : new Map();
    this.#current = new Map();
    this.#forgottenBefore = isNext ? this.#forgotten : new Map();
    this.#forgotten = new Map();
    this.#salt = String(this.#random());
    this.#heardShare = 1;
    this.#windowEndsAtMs = nowMs + this.#policy.windowMs;
  }
}

const ONLY_STALLED = {
  request: undefined,
  throughputBitsPerSecond: undefined,
  hasStalled: true,
} as const;

function saysNothing({ request, throughputBitsPerSecond, hasStalled }: PlayerReport): boolean {
  return request === undefined && throughputBitsPerSecond === undefined && !hasStalled;
}

function tallyOf({
  request,
  throughputBitsPerSecond,
  hasStalled,
}: Pick<PlayerReport, "request" | "throughputBitsPerSecond" | "hasStalled">): Tally {
  return {
    answered: request === "answered" ? 1 : 0,
    failed: request === "failed" ? 1 : 0,
    stalls: hasStalled ? 1 : 0,
    rates: throughputBitsPerSecond === undefined ? 0 : 1,
    rateSumBitsPerSecond: throughputBitsPerSecond ?? 0,
  };
}

function merged(
  tallies: ReadonlyMap<string, Tally>,
  earlier: ReadonlyMap<string, Tally>,
): ReadonlyMap<string, Tally> {
  const both = new Map(earlier);
  for (const [node, tally] of tallies) {
    both.set(node, addTallies(tally, both.get(node) ?? EMPTY_TALLY));
  }
  return both;
}
