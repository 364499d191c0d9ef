/**
 * What happens to the bytes of an upstream: they pass to the client, up to where a fault cuts the
 * response that they belong to.
 */
import {
  addExchange,
  type Conversation,
  type Draw,
  type Exchange,
  endExchange,
  type Heard,
  type HearingPolicy,
  unreadable,
} from "./conversation.ts";
import { advanceMessage, type MessageStep, OPAQUE } from "./message-framing.ts";
import {
  type Ending,
  type ExchangePlan,
  type PlanPolicy,
  type Progress,
  planExchange,
} from "./plan-exchange.ts";
import { type ResponseHead, readResponseHead } from "./response-head.ts";

export type UpstreamHearing = { readonly draw: Draw; readonly policy: HearingPolicy };

/** Hears `bytes` from `start`, at most to `end`, as far as one thing is to be done with them. */
export function hearUpstream(
  conversation: Conversation,
  bytes: Uint8Array,
  start: number,
  end: number,
  hearing: UpstreamHearing,
): Heard {
  const [exchange] = conversation.exchanges;
  // An answer that nobody asked for, such as a 408: whatever it is, it passes.
  if (exchange === undefined) {
    const opaque = addExchange(withOpaqueRequests(conversation), unreadable(hearing.draw));
    return { conversation: opaque, end: start, treatment: "pass" };
  }

  const { message, progress } = conversation.response;
  const plan = planExchange(exchange.touch, progress, hearing.policy);
  const step = advanceMessage(message, bytes, start, reachOf(plan, start, end), {
    readHead: (lines) => readResponseHead(lines, exchange.method),
    maxHeadBytes: hearing.policy.maxHeadBytes,
  });
  if (plan.action === "stop" && step.label === "framing") {
    return hearFramingBeforeCut(conversation, step, plan.ending);
  }
  const next = follow(conversation, exchange, step, step.end - start);
  // What stands between chunks is framing: the client has to find its way.
  const isSpoiled = plan.action === "spoil" && step.label === "content";
  return { conversation: next, end: step.end, treatment: isSpoiled ? "spoil" : "pass" };
}

/** What the end of the upstream's connection is to the exchange that it falls into. */
export function hearUpstreamEnd(
  { exchanges, response: { progress } }: Conversation,
  policy: PlanPolicy,
): { readonly isBroken: boolean; readonly stop?: Ending } {
  const isWholeBody =
    progress.at === "body" && ["until-close", "opaque"].includes(progress.body.kind);
  const plan = planExchange(exchanges[0]?.touch, progress, policy);
  // Here the end of the connection is the end of the body, before which the fault cuts.
  if (isWholeBody && plan.action === "stop") return { isBroken: false, stop: plan.ending };
  return { isBroken: exchanges.length > 0 && !isWholeBody };
}

function reachOf(plan: ExchangePlan, start: number, end: number): number {
  return plan.action === "stop" ? Math.min(end, start + plan.afterBytes) : end;
}

/**
 * The line before a chunk waits for the chunk: it could be the last one, of size 0, and the end of a
 * body that is to be cut must not reach the client.
 */
function hearFramingBeforeCut(
  conversation: Conversation,
  step: MessageStep<ResponseHead>,
  ending: Ending,
): Heard {
  const response = { ...conversation.response, message: step.next };
  const held = { conversation: { ...conversation, response }, end: step.end } as const;
  return step.isLast
    ? { ...held, treatment: "drop", stop: ending }
    : { ...held, treatment: "hold" };
}

function follow(
  conversation: Conversation,
  exchange: Exchange,
  step: MessageStep<ResponseHead>,
  heardBytes: number,
): Conversation {
  if (step.isLast && step.head?.isInterim !== true) return endExchange(conversation);
  const { message, progress } = conversation.response;
  const next: Conversation = {
    ...conversation,
    response: { message: step.next, progress: progressAfter(progress, step, heardBytes) },
  };
  if (step.next !== OPAQUE || message === OPAQUE) return next;
  // This exchange is the last one then, and what the client sends belongs to it.
  return { ...withOpaqueRequests(next), exchanges: [exchange] };
}

function progressAfter(
  progress: Progress,
  { head, label, next }: MessageStep<ResponseHead>,
  heardBytes: number,
): Progress {
  if (next === OPAQUE) return { at: "body", body: { kind: "opaque" }, passedBytes: 0 };
  if (label === "head") {
    if (head === undefined) return { at: "head" };
    return head.isInterim ? { at: "awaited" } : { at: "body", body: head.body, passedBytes: 0 };
  }
  if (label !== "content" || progress.at !== "body") return progress;
  return { ...progress, passedBytes: progress.passedBytes + heardBytes };
}

function withOpaqueRequests(conversation: Conversation): Conversation {
  return { ...conversation, request: { message: OPAQUE, treatment: "pass" } };
}
