/**
 * One request on its way, through as many attempts as it takes: what has been collected for it so far,
 * from whom, and what went wrong last.
 *
 * Who is asked next is the transport's affair. What has arrived is kept from one pathway to the next. A
 * second pathway may be asked beside the first, once: its leg collects a body of its own, which becomes
 * the errand's if it is whole first, or if the transport turns to that pathway anyway.
 */
import type {
  FailureReason,
  HedgeReason,
  PlayerEvents,
  ResourceKind,
} from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import type { AttemptProgress } from "../core/attempt/judge-attempt.ts";
import { isAboutBody } from "../core/host/pathway-health.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import type { Terms } from "./attempt-terms.ts";
import type { AttemptsUnderWay } from "./attempts-under-way.ts";
import type { BodyInspection } from "./body-inspection.ts";
import { BodyUnderWay } from "./body-under-way.ts";
import type { Delivery, TransportRequest } from "./delivery.ts";
import { endedLeg, type ReportHooks, withLabel } from "./ended-attempt.ts";
import { type HostRanges, RequestRanges } from "./host-ranges.ts";
import type { HostTraffic } from "./host-traffic.ts";
import type { Candidate } from "./known-pathways.ts";
import { type Asked, type EndedLeg, Leg } from "./leg.ts";
import type { Trouble } from "./play-story.ts";

export type ErrandOptions = {
  readonly policy: FailoverPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly attempts: AttemptsUnderWay;
  readonly traffic: HostTraffic;
  readonly ranges: HostRanges;
  readonly inspection: BodyInspection;
  /** What probes have brought of it. */
  readonly probed: BodyUnderWay | undefined;
  /** That was another body than what is delivered now. */
  readonly onProbedInVain: (bytes: number) => void;
  readonly onHead: (host: string, response: Response) => void;
  readonly onResume: (event: PlayerEvents["resume"]) => void;
  readonly onRejected: (event: PlayerEvents["rejected"]) => void;
  /** What came of a hedge. */
  readonly onHedge: (event: Omit<PlayerEvents["hedge"], "bufferSeconds">) => void;
  /** Of what is asked for; undefined where it is no media. */
  readonly durationMs: number | undefined;
} & ReportHooks;

type Hedge = {
  readonly leg: Leg;
  readonly hedged: Leg;
  readonly reason: HedgeReason;
  /** The hedged leg had brought so much by then. */
  readonly forkedBytes: number;
  readonly onFailed: (asked: Asked) => void;
};

type LegTerms = {
  readonly candidate: Candidate;
  readonly terms: Terms;
  readonly body: BodyUnderWay;
  readonly purpose: "request" | "hedge";
};

type Wait = {
  readonly resolve: (asked: Asked) => void;
  readonly reject: (error: unknown) => void;
};

export class Errand {
  readonly request: TransportRequest;
  readonly #options: ErrandOptions;
  readonly #ranges: RequestRanges;
  #body: BodyUnderWay;
  /** Bytes that it begins with, which a probe had brought. */
  #probedBytes: number;
  #lead: Leg | undefined;
  #hedge: Hedge | undefined;
  #hasHedged = false;
  #wait: Wait | undefined;
  #trouble: Trouble | undefined;

  constructor(request: TransportRequest, options: ErrandOptions) {
    this.request = request;
    this.#options = options;
    this.#ranges = new RequestRanges(options.ranges);
    this.#body = options.probed ?? new BodyUnderWay();
    this.#probedBytes = this.#body.held.receivedBytes;
  }

  /** The last thing that went wrong. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Bytes that are still to come; undefined while that is unknown. */
  get remainingBytes(): number | undefined {
    const { receivedBytes, sizeBytes } = this.#body.held;
    return sizeBytes === undefined ? undefined : Math.max(0, sizeBytes - receivedBytes);
  }

  get hasHedged(): boolean {
    return this.#hasHedged;
  }

  get isText(): boolean {
    return !isResumable(this.request.kind);
  }

  /** Asks one pathway; what comes back may have come from the one that was asked beside it. */
  async ask(candidate: Candidate, terms: Terms): Promise<Asked> {
    const lead = this.#takeOver(candidate) ?? this.#begin(candidate, terms);
    this.#lead = lead;
    this.#body = lead.body;
    this.#tell(lead);
    this.#tellResume(lead);
    const asked = await new Promise<Asked>((resolve, reject) => {
      this.#wait = { resolve, reject };
      lead.ended.then(resolve, reject);
    });
    this.#lead = undefined;
    if (asked.candidate === candidate) return asked;
    lead.attempt.abort();
    return asked;
  }

  /** Asks another pathway beside the one that is being asked, for what is not here yet. */
  hedge(options: {
    readonly candidate: Candidate;
    readonly terms: Terms;
    readonly reason: HedgeReason;
    /** It is out of the race, and the first one goes on. */
    readonly onFailed: (asked: Asked) => void;
  }): void {
    const lead = this.#lead;
    if (lead === undefined || this.#hasHedged) return;
    const { candidate, terms, ...rest } = options;
    this.#hasHedged = true;
    const body = this.isText ? new BodyUnderWay() : lead.body.fork();
    const forkedBytes = body.held.receivedBytes;
    if (forkedBytes > 0) body.begunOn ??= lead.candidate.id;
    const leg = this.#leg({ candidate, terms, body, purpose: "hedge" });
    const hedge: Hedge = { ...rest, leg, hedged: lead, forkedBytes };
    this.#hedge = hedge;
    leg.ended.then(
      (asked) => this.#settle(hedge, asked),
      (error: unknown) => this.#wait?.reject(error),
    );
  }

  /** Somebody else is to bring the rest of it, though nothing is wrong here. */
  leave(): void {
    this.#lead?.attempt.leave();
  }

  /** The transport has got it, or nobody wants it any more: a hedge that is still under way has lost. */
  close(outcome: "lost" | "aborted"): void {
    const hedge = this.#hedge;
    if (hedge === undefined) return;
    this.#hedge = undefined;
    hedge.leg.attempt.abort();
    this.#tellHedge(hedge, outcome, hedge.leg.takenBytes);
  }

  noteTrouble(
    candidate: Pick<Candidate, "id" | "url">,
    reason: FailureReason,
    progress: AttemptProgress,
  ): void {
    const { startedMs, lastByteMs = startedMs } = progress;
    this.#leave(candidate.id, reason, reason === "too-slow" ? startedMs : lastByteMs);
    if (isAboutBody(reason)) this.#tellRejected(candidate, reason);
  }

  /** The request goes on elsewhere though nothing was wrong. */
  noteMove({ id }: Candidate): void {
    this.#leave(id, "steering-order", this.#options.now());
  }

  /** All of it is here. */
  whole(): ArrayBuffer {
    return this.#body.whole();
  }

  /** What the request became, once the last pathway has delivered the rest. */
  deliveryFrom(
    { id }: Candidate,
    { startedMs, firstByteMs = startedMs }: AttemptProgress,
  ): Pick<Delivery, "pathway" | "begunOn" | "firstByteAfterMs" | "transferMs"> {
    const { begunOn, transferMs } = this.#body;
    return {
      pathway: id,
      begunOn: begunOn === id ? undefined : begunOn,
      firstByteAfterMs: firstByteMs - startedMs,
      transferMs,
    };
  }

  #leave(id: string, reason: Trouble["reason"], sinceMs: number): void {
    const keptBytes = this.#body.held.receivedBytes;
    this.#body.begunOn = keptBytes === 0 ? undefined : (this.#body.begunOn ?? id);
    this.#trouble = { pathway: id, reason, sinceMs, keptBytes };
  }

  #begin(candidate: Candidate, terms: Terms): Leg {
    // A playlist may have changed since; and its text is too short to be worth resuming.
    if (this.isText) this.#body.forget();
    return this.#leg({ candidate, terms, body: this.#body, purpose: "request" });
  }

  /** The pathway is being asked already. */
  #takeOver({ id }: Candidate): Leg | undefined {
    const hedge = this.#hedge;
    if (hedge?.leg.candidate.id !== id) return undefined;
    this.#hedge = undefined;
    this.#tellHedge(hedge, "took-over", this.#body.held.receivedBytes - hedge.forkedBytes);
    return hedge.leg;
  }

  /** A hedge has come to its end by itself. */
  #settle(hedge: Hedge, asked: Asked): void {
    if (this.#hedge !== hedge) return;
    if (asked.outcome.kind === "aborted") {
      this.close("aborted");
      return;
    }
    this.#hedge = undefined;
    const { leg, forkedBytes } = hedge;
    const { outcome } = asked;
    if (outcome.kind !== "whole") {
      this.#tellHedge(hedge, "failed", leg.takenBytes);
      if (outcome.kind === "failed" && isAboutBody(outcome.reason)) {
        this.#tellRejected(leg.candidate, outcome.reason);
      }
      hedge.onFailed(asked);
      return;
    }
    const leadBytes = this.#body.held.receivedBytes;
    this.#tellHedge(
      hedge,
      "won",
      leg.body.begunOn === undefined ? leadBytes : leadBytes - forkedBytes,
    );
    this.#body = leg.body;
    this.#tellResume(leg);
    const { candidate, attempt } = hedge.hedged;
    const { reason } = hedge;
    const { progress } = attempt;
    const overtook = { candidate, reason, progress, keptBytes: forkedBytes };
    this.#wait?.resolve({ ...asked, overtook });
  }

  #leg({ candidate, terms, body, purpose }: LegTerms): Leg {
    const { attempts, onAttempt, durationMs } = this.#options;
    return new Leg({
      candidate,
      body,
      attempt: (leg) => this.#attemptFor(leg, terms),
      run: (attempt) => attempts.run(attempt, this.request.signal),
      check: (outcome, heldBytes) => this.#checked(outcome, candidate, body, heldBytes),
      onEnded: (ended) => {
        this.#learnRanges(candidate, ended);
        onAttempt?.(endedLeg({ ...this.request, ...candidate, purpose, durationMs }, ended));
      },
      onRestart: (reason) => {
        this.#tellRejected(candidate, reason);
        if (this.#probedBytes > 0) this.#options.onProbedInVain(this.#probedBytes);
        this.#probedBytes = 0;
      },
    });
  }

  #attemptFor(leg: Leg, terms: Terms): Attempt {
    const { fetch = this.#options.fetch } = this.request;
    const { policy, now, traffic, onHead, durationMs, label } = this.#options;
    const { id, host, range } = leg.candidate;
    const { url, headers } = withLabel(leg.candidate, { ...this.request, durationMs }, label);
    const attempt: Attempt = new Attempt({
      ...terms,
      host,
      url,
      range,
      isLengthTrusted: !this.isText,
      headers,
      body: leg.body,
      limits: { ...policy, maxBodyBytes: this.#mostBytes },
      failsRanges: this.#ranges.isAskedWhole(host),
      fetch,
      now,
      traffic,
      onProgress: () => this.#tell(leg),
      onHead: (response) => onHead(host, response),
      onResume: (atByte, sizeBytes) => {
        const from = leg.body.begunOn;
        if (from === undefined || from === id) return;
        leg.resumed = { from, to: id, atByte, sizeBytes };
        if (leg === this.#lead) this.#tellResume(leg);
      },
    });
    return attempt;
  }

  /** Of an attempt that went on with what was held: whether its host can do that. */
  #learnRanges({ host }: Candidate, { outcome, fromByte }: EndedLeg): void {
    if (this.request.range !== undefined || fromByte <= this.#options.policy.overlapBytes) return;
    if (outcome.kind === "whole") this.#ranges.noteEnded(host, "whole");
    if (outcome.kind !== "failed") return;
    if (outcome.reason === "status-4xx") this.#ranges.noteEnded(host, "denied");
    else if (mayBeForRange(outcome.reason)) this.#ranges.noteEnded(host, "failed");
  }

  #tell({ attempt, body }: Leg): void {
    if (body === this.#body) this.request.onProgress({ ...attempt.progress, ...body.held });
  }

  /** Once, and not before it is the request that went on there. */
  #tellResume(leg: Leg): void {
    if (leg.resumed !== undefined) this.#options.onResume(leg.resumed);
    leg.resumed = undefined;
  }

  #tellHedge(
    { leg, hedged, reason }: Hedge,
    outcome: PlayerEvents["hedge"]["outcome"],
    wastedBytes: number,
  ): void {
    const { kind } = this.request;
    const from = hedged.candidate.id;
    const to = leg.candidate.id;
    // The first one may have given up what it held since.
    const wasted = Math.max(0, wastedBytes);
    this.#options.onHedge({ from, to, reason, kind, outcome, wastedBytes: wasted });
  }

  get #mostBytes(): number {
    const { maxTextBytes, maxBodyBytes } = this.#options.policy;
    return this.isText ? maxTextBytes : maxBodyBytes;
  }

  /** What is wrong although it came whole. If others had begun it, the fault may be theirs. */
  async #checked(
    outcome: AttemptOutcome,
    { id }: Candidate,
    body: BodyUnderWay,
    heldBytes: number,
  ): Promise<AttemptOutcome> {
    if (outcome.kind !== "whole") return outcome;
    const { request } = this;
    const { response } = outcome;
    const reason = await this.#options.inspection.findFault(request, id, body.whole(), response);
    if (reason === undefined) return outcome;
    if (heldBytes > 0) return { kind: "restart", reason: "other-bytes" };
    body.forget();
    return { kind: "failed", reason, status: response.status };
  }

  #tellRejected(
    { id, url }: Pick<Candidate, "id" | "url">,
    reason: PlayerEvents["rejected"]["reason"],
  ): void {
    this.#options.onRejected({ pathway: id, url, kind: this.request.kind, reason });
  }
}

/** What a host that cannot do ranges may fail with, as one that is down does. */
function mayBeForRange(reason: FailureReason): boolean {
  return reason === "refused" || reason === "status-5xx";
}

function isResumable(kind: ResourceKind): boolean {
  return kind === "segment" || kind === "other";
}
