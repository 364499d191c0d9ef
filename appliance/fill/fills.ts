/**
 * All questions to the origin: at most one per object at a time, whoever asks; what comes of it goes
 * to the store, and what may not be stored goes to its own requester alone.
 */
import { decidePatience, type Patience, type PatiencePolicy } from "../core/decide-patience.ts";
import type { StoringPolicy } from "../core/decide-storing.ts";
import { type ForwardingFieldsPolicy, sharedRequestFields } from "../core/origin-request.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type { SlicingPolicy } from "../core/slicing.ts";
import type { StoredMetadata } from "../core/stored-metadata.ts";
import { SURROGATE_CAPABILITY } from "../core/targeted-cache-control.ts";
import { targetOf } from "../core/variant.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { Fill, type FillLimits, type FillOptions } from "./fill.ts";
import type { FillFailure } from "./fill-failure.ts";
import { FillQueue, type FillQueuePolicy } from "./fill-queue.ts";
import { HeldBytes } from "./held-bytes.ts";
import { AnswerJudge, type Asker, type ForwardedRequest } from "./judge-answer.ts";
import { RecentRefusals, type RefusalPolicy } from "./recent-refusals.ts";
import { type BrakePolicy, RetryBrakes } from "./retry-brakes.ts";
import { Turns } from "./turns.ts";

export type FillPolicy = StoringPolicy &
  SlicingPolicy &
  ForwardingFieldsPolicy &
  FillLimits &
  FillQueuePolicy & {
    /** Bytes of all fills together that are held in RAM. */
    readonly maxHeldBytes: number;
    readonly crowd: Omit<FillOptions["crowd"], "turns"> & {
      /** How many of a crowd go on before others are looked after. */
      readonly readersPerTurn: number;
    };
    readonly patience: PatiencePolicy;
    readonly refusals: RefusalPolicy;
    readonly brakes: BrakePolicy;
  };

export type FillCounts = {
  readonly started: number;
  readonly failed: number;
  readonly active: number;
};

export type FillsOptions = {
  readonly upstream: Upstream;
  readonly policy: FillPolicy;
  /** Added to every request, so that the origin sees who asks. */
  readonly via: string;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  /** Takes a finished body; resolves when a newcomer would find it. */
  readonly store: (metadata: StoredMetadata, body: Buffer) => Promise<void> | undefined;
  /** Takes over what a 304 said about the version that was asked about. */
  readonly refresh: (refreshed: StoredMetadata, stored: StoredMetadata) => void;
  /**
   * Nothing that is stored for this target may be used again, in no variant, and nothing that was asked for
   * up to now; but for `toldBy`, where the answer that says so is kept itself.
   */
  readonly invalidate: (target: string, toldBy?: StoredMetadata) => void;
  /** Counts a body that has come whole for as long as clients are still being sent it. */
  readonly hold: (metadata: StoredMetadata, body: Buffer) => () => void;
  /** What is counted so, and not kept otherwise. */
  readonly forgottenBytes: () => number;
  readonly onFailure: (key: string, failure: FillFailure) => void;
};

/** A range of an object, for all who want the very same. */
export type RangeQuestion = {
  readonly key: string;
  readonly range: string;
  /** Only of the version that has this validator. */
  readonly ifRange: string | undefined;
  readonly asker: Asker;
};

export type SharedFill = { readonly fill: Fill; readonly isCollapsed: boolean };

/** A part of an object, which is fetched and stored as an object of its own. */
export type PartQuestion = {
  readonly key: string;
  /** What the origin is asked for. */
  readonly target: string;
  readonly fields: HeaderFields;
  /** Nobody waits for it. */
  readonly isBackground: boolean;
  readonly judge: FillOptions["judge"];
  /** It is over, and where it is kept a newcomer would find it. */
  readonly onGone: (fill: Fill) => void;
  /** Where it comes from, if it is not to be asked of the origin. */
  readonly upstream?: Upstream | undefined;
};

export class Fills {
  readonly #options: FillsOptions;
  /** Those that newcomers may join. */
  readonly #byKey = new Map<string, Fill>();
  readonly #queue: FillQueue;
  readonly #heldBytes: HeldBytes;
  readonly #crowd: FillOptions["crowd"];
  readonly #refusals: RecentRefusals;
  readonly #brakes: RetryBrakes;
  readonly #judge: AnswerJudge;
  #started = 0;
  #failed = 0;

  constructor(options: FillsOptions) {
    const { policy, upstream, now } = options;
    this.#options = options;
    this.#heldBytes = new HeldBytes(policy.maxHeldBytes, options.forgottenBytes);
    this.#crowd = { ...policy.crowd, turns: new Turns(policy.crowd.readersPerTurn) };
    this.#refusals = new RecentRefusals(policy.refusals, now);
    this.#brakes = new RetryBrakes(policy.brakes, now);
    this.#judge = new AnswerJudge({
      ...options,
      originUrl: upstream.url,
      refusals: this.#refusals,
      brakes: this.#brakes,
    });
    this.#queue = new FillQueue(policy, (fill) => {
      this.#started += 1;
      fill.begin(upstream);
    });
  }

  counts(): FillCounts {
    return { started: this.#started, failed: this.#failed, active: this.#queue.activeFills };
  }

  /** True while a newcomer could share a fetch that is under way. */
  isFetching(key: string): boolean {
    return this.#joinable(key) !== undefined;
  }

  /** Why this object could not be stored a short while ago; undefined where nothing is known. */
  recentRefusal(key: string): string | undefined {
    return this.#refusals.reasonFor(key);
  }

  /** For how long the origin wants not to be asked for this object; 0 where it may be asked. */
  brakedForMs(key: string): number {
    return this.#brakes.remainingMs(key);
  }

  /** Fetches an object for all who want it, or asks whether the stored one is still right. */
  share(key: string, stored: StoredMetadata | undefined, asker: Asker = NOBODY): SharedFill {
    const running = this.#joinable(key);
    if (running !== undefined) return { fill: running, isCollapsed: true };
    return { fill: this.#fetch(key, stored, { isBackground: false, asker }), isCollapsed: false };
  }

  /** Fetches a range of an object for all who want the same one, and keeps it as a part. */
  sharePart({ key, range, ifRange, asker }: RangeQuestion): SharedFill {
    const conditions = ifRange === undefined ? { range } : { range, "if-range": ifRange };
    const fillKey = `${key}${RANGE_MARK}${range} ${ifRange ?? ""}`;
    const running = this.#joinable(fillKey);
    if (running !== undefined) return { fill: running, isCollapsed: true };
    const fields = { ...sharedRequestFields(asker.fields, this.#options.policy), ...conditions };
    const fill = this.#start(fillKey, {
      request: { method: "GET", fields },
      isBackground: false,
      patience: NO_HURRY,
      judge: (answer) => this.#judge.judgePart(key, asker, answer),
      onInterim: asker.onInterim,
    });
    if (!fill.isOver) this.#byKey.set(fillKey, fill);
    return { fill, isCollapsed: false };
  }

  /** Brings a stored object up to date behind the back of those who get it stale. */
  revalidateBehind(key: string, stored: StoredMetadata, asker: Asker = NOBODY): void {
    if (this.isFetching(key) || this.brakedForMs(key) > 0) return;
    this.#fetch(key, stored, { isBackground: true, asker: { fields: asker.fields } });
  }

  /** True while the origin can be asked for what nobody waits for, at no viewer's expense. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Fetches an object that nobody waits for yet; undefined where it is on its way already. */
  fetchBehind(key: string, stored: StoredMetadata | undefined): Fill | undefined {
    if (this.isFetching(key) || this.brakedForMs(key) > 0) return undefined;
    return this.#fetch(key, stored, { isBackground: true, asker: NOBODY });
  }

  /** Fetches a part of an object. Who asks sees to it that the same part is not asked for twice. */
  startPart({ fields, onGone, upstream, ...part }: PartQuestion): Fill {
    const request = { method: "GET", fields } as const;
    const fill = this.#newFill(part.key, { ...part, request, patience: NO_HURRY, onGone });
    if (upstream === undefined) this.#queue.add(fill, this.#options.now());
    else fill.begin(upstream);
    return fill;
  }

  /** Forwards one client's request as it stands, for an answer that is for this client first of all. */
  forward(
    key: string,
    request: ForwardedRequest,
    { reason, stored, onInterim }: ForwardingTerms,
  ): Fill {
    return this.#start(key, {
      request,
      isBackground: false,
      patience: NO_HURRY,
      judge: (answer) => this.#judge.judgeForwarded(key, request, stored, reason, answer),
      onInterim,
    });
  }

  /** Whoever comes from now on does not join these: what they bring has been purged or changed meanwhile. */
  letGo(isMeant: (metadata: Pick<StoredMetadata, "key" | "fields">) => boolean): void {
    for (const [key, fill] of this.#byKey) {
      const { arrival } = fill;
      const fields = "head" in arrival ? arrival.head.metadata.fields : {};
      if (isMeant({ key, fields })) this.#byKey.delete(key);
    }
  }

  tick(nowMs: number): void {
    this.#queue.tick(nowMs);
  }

  close(): void {
    this.#queue.close();
  }

  #joinable(key: string): Fill | undefined {
    const fill = this.#byKey.get(key);
    return fill?.isJoinable ? fill : undefined;
  }

  #fetch(
    key: string,
    stored: StoredMetadata | undefined,
    { isBackground, asker }: { readonly isBackground: boolean; readonly asker: Asker },
  ): Fill {
    const { policy, wallNow } = this.#options;
    const fields = { ...sharedRequestFields(asker.fields, policy), ...conditionsFor(stored) };
    const fill = this.#start(key, {
      request: { method: "GET", fields },
      isBackground,
      patience: decidePatience(stored, policy.patience, wallNow()),
      judge: (answer) => this.#judge.judgeShared(key, stored, asker, answer),
      onInterim: asker.onInterim,
    });
    if (!fill.isOver) this.#byKey.set(key, fill);
    return fill;
  }

  #start(key: string, options: QuestionOptions): Fill {
    const fill = this.#newFill(key, options);
    this.#queue.add(fill, this.#options.now());
    return fill;
  }

  #newFill(
    key: string,
    { onGone, ...options }: QuestionOptions & Partial<Pick<PartQuestion, "target" | "onGone">>,
  ): Fill {
    const { policy, now, wallNow, via } = this.#options;
    const { request } = options;
    return new Fill({
      target: targetOf(key),
      ...options,
      key,
      request: { ...request, fields: signedFields(request.fields, via) },
      limits: policy,
      heldBytes: this.#heldBytes,
      crowd: this.#crowd,
      startedAtMs: now(),
      wallNow,
      onWindow: (paced) => this.#queue.moveToStreams(paced),
      onOver: (over) => this.#onOver(over, onGone),
    });
  }

  #onOver(fill: Fill, onGone: ((fill: Fill) => void) | undefined): void {
    const { arrival } = fill;
    const hadItsTurn = this.#queue.remove(fill);
    if (arrival.state === "failed") {
      this.#forget(fill);
      if (hadItsTurn && arrival.failure.source !== "client") this.#failed += 1;
      this.#options.onFailure(fill.key, arrival.failure);
      onGone?.(fill);
      return;
    }
    // Joinable until the store has it, so that nobody in between asks the origin again.
    const forget = () => {
      this.#forget(fill);
      onGone?.(fill);
    };
    const stored = this.#store(fill);
    if (stored === undefined) forget();
    else void stored.finally(forget);
  }

  #store(fill: Fill): Promise<void> | undefined {
    const { arrival, body } = fill;
    if (arrival.state !== "complete" || body === undefined) return undefined;
    const { plan, metadata } = arrival.head;
    if (plan.action !== "store") return undefined;
    const whole = { ...metadata, sizeBytes: body.length };
    const stored = this.#options.store(whole, body);
    // Only now, so that what the store keeps is not counted twice.
    fill.holdWhileRead(() => this.#options.hold(whole, body));
    return stored;
  }

  #forget(fill: Fill): void {
    if (this.#byKey.get(fill.key) === fill) this.#byKey.delete(fill.key);
  }
}

type QuestionOptions = Pick<
  FillOptions,
  "request" | "isBackground" | "patience" | "judge" | "onInterim"
>;

export type ForwardingTerms = Pick<Asker, "onInterim"> & {
  /** Why it is not shared. */
  readonly reason: string;
  /** What is stored that its answer may have something to say of. */
  readonly stored: StoredMetadata | undefined;
};

/** Asks in nobody's name, so that the origin hears nothing of any client. */
const NOBODY: Asker = { fields: {} };
/** Between the key and the range of a question for a part: no request target holds a space. */
const RANGE_MARK = " range ";

const NO_HURRY: Patience = { kind: "long", reason: "nothing-stored" };

function conditionsFor(stored: StoredMetadata | undefined): HeaderFields {
  const etag = stored?.fields["etag"];
  if (etag !== undefined) return { "if-none-match": etag };
  const modified = stored?.fields["last-modified"];
  return modified === undefined ? {} : { "if-modified-since": modified };
}

/** What the appliance says of itself: who it is, and how it may be told for how long to keep an answer. */
function signedFields(fields: HeaderFields, via: string): HeaderFields {
  const earlier = fields["via"] === undefined ? "" : `${fields["via"]}, `;
  return {
    ...fields,
    "accept-encoding": "identity",
    "surrogate-capability": SURROGATE_CAPABILITY,
    via: `${earlier}${via}`,
  };
}
