/**
 * All questions to the origin: at most one per object at a time, whoever asks; what comes of it goes
 * to the store, and what may not be stored goes to its own requester alone.
 */
import { decidePatience, type PatiencePolicy } from "../core/decide-patience.ts";
import { decideStoring, type StoringPolicy } from "../core/decide-storing.ts";
import { type HeaderFields, untouchedFields } from "../core/response-headers.ts";
import {
  describeAnswer,
  type OriginAnswer,
  refreshMetadata,
  type StoredMetadata,
} from "../core/stored-metadata.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { Fill, type FillLimits, type FillOptions } from "./fill.ts";
import type { FillFailure } from "./fill-failure.ts";
import type { FillHead } from "./fill-head.ts";
import { FillQueue, type FillQueuePolicy } from "./fill-queue.ts";
import { HeldBytes } from "./held-bytes.ts";
import { RecentRefusals, type RefusalPolicy } from "./recent-refusals.ts";

export type FillPolicy = StoringPolicy &
  FillLimits &
  FillQueuePolicy & {
    /** Bytes of all fills together that are held in RAM. */
    readonly maxHeldBytes: number;
    readonly patience: PatiencePolicy;
    readonly refusals: RefusalPolicy;
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
  /** Takes a finished body; resolves when a newcomer would find it. */
  readonly store: (metadata: StoredMetadata, body: Buffer) => Promise<void> | undefined;
  /** Takes over what a 304 said about the version that was asked about. */
  readonly refresh: (refreshed: StoredMetadata, stored: StoredMetadata) => void;
  readonly onFailure: (key: string, failure: FillFailure) => void;
};

export type ForwardedRequest = {
  readonly method: "GET" | "HEAD";
  readonly fields: HeaderFields;
};

export class Fills {
  readonly #options: FillsOptions;
  /** Those that newcomers may join. */
  readonly #byKey = new Map<string, Fill>();
  readonly #queue: FillQueue;
  readonly #heldBytes: HeldBytes;
  readonly #refusals: RecentRefusals;
  #started = 0;
  #failed = 0;

  constructor(options: FillsOptions) {
    const { policy, upstream, now } = options;
    this.#options = options;
    this.#heldBytes = new HeldBytes(policy.maxHeldBytes);
    this.#refusals = new RecentRefusals(policy.refusals, now);
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

  /** Fetches an object for all who want it, or asks whether the stored one is still right. */
  share(
    key: string,
    stored: StoredMetadata | undefined,
  ): { readonly fill: Fill; readonly isCollapsed: boolean } {
    const running = this.#joinable(key);
    if (running !== undefined) return { fill: running, isCollapsed: true };
    return { fill: this.#fetch(key, stored, { isBackground: false }), isCollapsed: false };
  }

  /** Brings a stored object up to date behind the back of those who get it stale. */
  revalidateBehind(key: string, stored: StoredMetadata): void {
    if (!this.isFetching(key)) this.#fetch(key, stored, { isBackground: true });
  }

  /** Forwards one client's request as it stands; nothing of it is kept. */
  forward(key: string, request: ForwardedRequest, reason: string): Fill {
    return this.#start(key, {
      request,
      isBackground: false,
      patience: { kind: "long", reason: "nothing-stored" },
      judge: (answer) => this.#judgeForwarded(key, answer, reason),
    });
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
    { isBackground }: { readonly isBackground: boolean },
  ): Fill {
    const { policy, wallNow } = this.#options;
    const fill = this.#start(key, {
      request: { method: "GET", fields: { accept: "*/*", ...conditionsFor(stored) } },
      isBackground,
      patience: decidePatience(stored, policy.patience, wallNow()),
      judge: (answer) => this.#judgeShared(key, answer, stored),
    });
    if (!fill.isOver) this.#byKey.set(key, fill);
    return fill;
  }

  #start(
    key: string,
    options: Pick<FillOptions, "request" | "isBackground" | "patience" | "judge">,
  ): Fill {
    const { policy, now, wallNow, via } = this.#options;
    const { method, fields } = options.request;
    const fill: Fill = new Fill({
      ...options,
      key,
      request: { method, fields: signedFields(fields, via) },
      limits: policy,
      heldBytes: this.#heldBytes,
      startedAtMs: now(),
      wallNow,
      onOver: (over) => this.#onOver(over),
    });
    this.#queue.add(fill, now());
    return fill;
  }

  #judgeShared(
    key: string,
    answer: OriginAnswer,
    stored: StoredMetadata | undefined,
  ): Pick<FillHead, "plan" | "metadata"> {
    const { policy, refresh } = this.#options;
    if (answer.status === 304 && stored !== undefined) {
      const metadata = refreshMetadata(stored, answer, policy);
      refresh(metadata, stored);
      return { plan: { action: "unchanged", reason: "not-modified" }, metadata };
    }
    const plan = decideStoring(answer, policy);
    // What a passing error says of an object is not true of the object.
    if (plan.action === "pass" && answer.status === 200) this.#refusals.remember(key, plan.reason);
    const metadata = describeAnswer(key, answer, 0, policy);
    return { plan, metadata: plan.action === "share" ? withoutCookies(metadata) : metadata };
  }

  #judgeForwarded(
    key: string,
    answer: OriginAnswer,
    reason: string,
  ): Pick<FillHead, "plan" | "metadata"> {
    const { policy } = this.#options;
    const isStorableNow = decideStoring(answer, policy).action === "store";
    if (isStorableNow) this.#refusals.forget(key);
    const metadata = describeAnswer(key, answer, 0, policy);
    const fields = { ...metadata.fields, ...untouchedFields(answer.fields) };
    return { plan: { action: "pass", reason }, metadata: { ...metadata, fields } };
  }

  #onOver(fill: Fill): void {
    const { arrival } = fill;
    const hadItsTurn = this.#queue.remove(fill);
    if (arrival.state === "failed") {
      this.#forget(fill);
      if (hadItsTurn && arrival.failure.source !== "client") this.#failed += 1;
      this.#options.onFailure(fill.key, arrival.failure);
      return;
    }
    // Joinable until the store has it, so that nobody in between asks the origin again.
    const stored = this.#store(fill);
    if (stored === undefined) this.#forget(fill);
    else void stored.finally(() => this.#forget(fill));
  }

  #store(fill: Fill): Promise<void> | undefined {
    const { arrival, body } = fill;
    if (arrival.state !== "complete" || body === undefined) return undefined;
    const { plan, metadata } = arrival.head;
    if (plan.action !== "store") return undefined;
    return this.#options.store({ ...metadata, sizeBytes: body.length }, body);
  }

  #forget(fill: Fill): void {
    if (this.#byKey.get(fill.key) === fill) this.#byKey.delete(fill.key);
  }
}

/** What is told to all who wait names none of them. */
function withoutCookies(metadata: StoredMetadata): StoredMetadata {
  const { "set-cookie": _, ...fields } = metadata.fields;
  return { ...metadata, fields };
}

function conditionsFor(stored: StoredMetadata | undefined): HeaderFields {
  const etag = stored?.fields["etag"];
  if (etag !== undefined) return { "if-none-match": etag };
  const modified = stored?.fields["last-modified"];
  return modified === undefined ? {} : { "if-modified-since": modified };
}

function signedFields(fields: HeaderFields, via: string): HeaderFields {
  const earlier = fields["via"] === undefined ? "" : `${fields["via"]}, `;
  return { ...fields, "accept-encoding": "identity", via: `${earlier}${via}` };
}
