/**
 * Judges the head of each answer of the origin: what is kept of it and under which name, what it says of
 * what is stored already, and what of it only the client that asked may be told.
 */
import { parseContentRange } from "../../kernel/byte-range.ts";
import { decideHeadUpdate } from "../core/decide-head-update.ts";
import { decideAfterFailure } from "../core/decide-serving.ts";
import { decideStoring, type StoringPolicy } from "../core/decide-storing.ts";
import { invalidatedTargets, isSafeMethod, targetNamed } from "../core/invalidation.ts";
import { type HeaderFields, untouchedFields } from "../core/response-headers.ts";
import { decideSlicing, type SlicingPolicy, slicedHead } from "../core/slicing.ts";
import {
  describeAnswer,
  type OriginAnswer,
  refreshedAnswer,
  refreshMetadata,
  type StoredMetadata,
  unsharedFields,
} from "../core/stored-metadata.ts";
import { partOf } from "../core/stored-part.ts";
import { targetOf, variantKey, varyNamesOf } from "../core/variant.ts";
import type { FillHead } from "./fill-head.ts";
import type { RecentRefusals } from "./recent-refusals.ts";
import type { RetryBrakes } from "./retry-brakes.ts";

export type Judgement = Pick<FillHead, "plan" | "metadata" | "privateFields" | "contentRange">;

/** The client whose request brings a question about. */
export type Asker = {
  /** All that its request says. */
  readonly fields: HeaderFields;
  /** It is told of what the origin says before its answer (RFC 9110 §15.2). */
  readonly onInterim?: ((status: number, fields: HeaderFields) => void) | undefined;
};

export type ForwardedRequest = {
  readonly method: string;
  /** What the origin is told. */
  readonly fields: HeaderFields;
  readonly body?: Buffer | undefined;
  /** By which name the client calls this host. */
  readonly host?: string | undefined;
};

export type JudgeOptions = {
  readonly policy: StoringPolicy & SlicingPolicy;
  readonly originUrl: string;
  readonly refusals: RecentRefusals;
  readonly brakes: RetryBrakes;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly store: (metadata: StoredMetadata, body: Buffer) => Promise<void> | undefined;
  readonly refresh: (refreshed: StoredMetadata, stored: StoredMetadata) => void;
  /**
   * Nothing that is stored for this target may be used again, in no variant, and nothing that was asked for
   * up to now; but for `toldBy`, where the answer that says so is kept itself.
   */
  readonly invalidate: (target: string, toldBy?: StoredMetadata) => void;
};

export class AnswerJudge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** An answer to a question that was asked for everybody. */
  judgeShared(
    key: string,
    stored: StoredMetadata | undefined,
    asker: Asker,
    answer: OriginAnswer,
  ): Judgement {
    const { policy, refusals, brakes, random, wallNow } = this.#options;
    if (answer.status === 304 && stored !== undefined) return this.#judgeUnchanged(stored, answer);
    brakes.observe(key, answer);
    const dated = { ...answer, draw: random() };
    const storedAs = keyOf(key, asker.fields, answer.fields);
    const metadata = describeAnswer(storedAs ?? key, dated, 0, policy);
    const privateFields = unsharedFields(answer, metadata.fields);
    const trouble = answer.status >= 500 && decideAfterFailure(stored, "error", wallNow());
    if (trouble && trouble.action === "serve") return { plan: ORIGIN_ERROR, metadata };
    if (storedAs === undefined) {
      refusals.remember(key, VARIES.reason);
      return { plan: VARIES, metadata, privateFields };
    }
    const storing = decideStoring(dated, policy);
    // What varies with the request is small; of what is cut in slices there is one version only.
    const plan = storedAs === targetOf(key) ? decideSlicing(answer, storing, policy) : storing;
    // What a passing error says of an object is not true of the object.
    if (plan.action === "pass" && answer.status === 200) refusals.remember(key, plan.reason);
    if (plan.action === "slice") return { plan, metadata: this.#storeHead(answer, metadata) };
    return plan.action === "share" ? { plan, metadata } : { plan, metadata, privateFields };
  }

  /** An answer to a question for a part of an object. */
  judgePart(key: string, asker: Asker, answer: OriginAnswer): Judgement {
    if (answer.status !== 206) return this.judgeShared(key, undefined, asker, answer);
    const { policy, refusals } = this.#options;
    const contentRange = answer.fields["content-range"];
    const part = partOf(
      parseContentRange(contentRange),
      Number(answer.fields["content-length"] ?? Number.NaN),
    );
    const storedAs = keyOf(key, asker.fields, answer.fields);
    const whole = describeAnswer(storedAs ?? key, { ...answer, status: 200 }, 0, policy);
    const { "content-range": _, ...fields } = whole.fields;
    const metadata = { ...whole, status: 206, fields, part };
    const privateFields = unsharedFields(answer, whole.fields);
    const storing = decideStoring({ ...answer, status: 200 }, policy);
    if (storedAs === undefined) return { plan: VARIES, metadata, privateFields, contentRange };
    const plan = part === undefined && storing.action === "store" ? CONTRADICTORY : storing;
    if (storing.action === "pass") refusals.remember(key, storing.reason);
    return { plan, metadata, privateFields, contentRange };
  }

  /** An answer to one client's own request. */
  judgeForwarded(
    key: string,
    request: ForwardedRequest,
    stored: StoredMetadata | undefined,
    reason: string,
    answer: OriginAnswer,
  ): Judgement {
    const { policy, refusals, originUrl, invalidate } = this.#options;
    const { method } = request;
    const target = targetOf(key);
    const storedAs = keyOf(key, request.fields, answer.fields) ?? key;
    const metadata = describeAnswer(storedAs, answer, 0, policy);
    const privateFields = {
      ...unsharedFields(answer, metadata.fields),
      ...untouchedFields(answer.fields),
    };
    const isAuthorized = request.fields["authorization"] !== undefined;
    const storing = decideStoring(answer, policy, { isAuthorized });
    if (method === "HEAD") this.#takeOverHead(stored, answer);
    if (method === "GET" && storing.action === "store") refusals.forget(key);
    const exchange = { target, host: request.host, originUrl };
    // Without credentials and cookies it would have been shared, had nothing stood in the way.
    const isKept =
      method === "GET"
        ? isAuthorized && request.fields["cookie"] === undefined && isWholeRequest(request)
        : method === "POST" && isAnswerToGet(answer, exchange);
    const plan = isKept && storing.action === "store" ? storing : PASSED(reason);
    if (!isSafeMethod(method)) {
      const toldBy = plan.action === "store" ? metadata : undefined;
      for (const one of invalidatedTargets(answer.status, answer.fields, exchange)) {
        invalidate(one, one === target ? toldBy : undefined);
      }
    }
    return { plan, metadata, privateFields };
  }

  /** What is stored is still right, unless what it says now forbids to keep it (RFC 9111 §4.3.4). */
  #judgeUnchanged(stored: StoredMetadata, answer: OriginAnswer): Judgement {
    const { policy, refresh, invalidate } = this.#options;
    const metadata = refreshMetadata(stored, answer, policy);
    const storing = decideStoring(refreshedAnswer(stored, answer), policy);
    if (storing.action === "store" || storing.reason === "too-large") refresh(metadata, stored);
    else invalidate(targetOf(stored.key));
    const privateFields = unsharedFields(answer, metadata.fields);
    return { plan: UNCHANGED, metadata, privateFields };
  }

  #takeOverHead(stored: StoredMetadata | undefined, answer: OriginAnswer): void {
    const { policy, refresh, invalidate } = this.#options;
    if (stored === undefined) return;
    switch (decideHeadUpdate(stored, answer).action) {
      case "refresh":
        refresh(refreshMetadata(stored, answer, policy), stored);
        return;
      case "invalidate":
        invalidate(targetOf(stored.key));
        return;
      case "leave":
    }
  }

  /** Of what is kept in slices the head is known at once, and the slices come one by one. */
  #storeHead({ fields }: OriginAnswer, metadata: StoredMetadata): StoredMetadata {
    const { policy, store } = this.#options;
    const head = slicedHead(metadata, Number(fields["content-length"]), policy);
    void store(head, NO_BODY);
    return head;
  }
}

/** Under which name an answer to this request is kept; undefined where it suits no other request. */
function keyOf(key: string, request: HeaderFields, answer: HeaderFields): string | undefined {
  const names = varyNamesOf(answer);
  return names === "anything" ? undefined : variantKey(targetOf(key), names, request);
}

function isWholeRequest({ fields }: ForwardedRequest): boolean {
  return fields["range"] === undefined && fields["cache-control"] !== "no-store";
}

/** An answer to POST may be kept for GET only if it says that it is one (RFC 9110 §9.3.3). */
function isAnswerToGet(
  { status, fields }: OriginAnswer,
  exchange: Parameters<typeof targetNamed>[1],
): boolean {
  return status === 200 && targetNamed(fields["content-location"], exchange) === exchange.target;
}

const NO_BODY = Buffer.alloc(0);
const ORIGIN_ERROR = { action: "share", reason: "origin-error" } as const;
const UNCHANGED = { action: "unchanged", reason: "not-modified" } as const;
const VARIES = { action: "pass", reason: "vary" } as const;
const CONTRADICTORY = { action: "pass", reason: "content-range" } as const;
const PASSED = (reason: string) => ({ action: "pass", reason }) as const;
