/**
 * What happens to the bytes of a client: they pass to the upstream, unless a fault keeps the request
 * that they belong to.
 *
 * While a fault runs, a head is held until it is complete, for only then can be drawn whether the
 * fault touches it. A request of which a part has passed before is under way: the upstream hears it.
 */
import {
  addExchange,
  type Conversation,
  type Draw,
  type Heard,
  type HearingPolicy,
  type Treatment,
  unreadable,
} from "./conversation.ts";
import { advanceMessage, type MessageStep, NEW_MESSAGE, OPAQUE } from "./message-framing.ts";
import { planExchange } from "./plan-exchange.ts";
import { type RequestHead, readRequestHead } from "./request-head.ts";

export type ClientHearing = {
  readonly isFaultRunning: boolean;
  readonly draw: Draw;
  readonly policy: HearingPolicy;
};

/** Hears `bytes` from `start` on, as far as one thing is to be done with them. */
export function hearClient(
  conversation: Conversation,
  bytes: Uint8Array,
  start: number,
  hearing: ClientHearing,
): Heard {
  const { message } = conversation.request;
  const step = advanceMessage(message, bytes, start, bytes.length, {
    readHead: readRequestHead,
    maxHeadBytes: hearing.policy.maxHeadBytes,
  });
  const treatment = treatmentOf(conversation, hearing);
  if (step.head !== undefined) {
    const isUnderWay = treatment === "pass" && message !== NEW_MESSAGE;
    return hearRequest(conversation, { ...step, head: step.head }, isUnderWay, hearing);
  }

  if (step.next !== OPAQUE || message === OPAQUE) {
    const request = { message: step.next, treatment };
    return { conversation: { ...conversation, request }, end: step.end, treatment };
  }
  // What cannot be read passes; of a request that is kept from the upstream also the rest is kept.
  const onwards: Treatment = treatment === "drop" ? "drop" : "pass";
  const request = { message: OPAQUE, treatment: onwards };
  const next = addExchange({ ...conversation, request }, unreadable(hearing.draw));
  return { conversation: next, end: step.end, treatment: onwards };
}

/** Of the bytes that come now: decided with the first byte of each message. */
function treatmentOf(
  { request: { message, treatment } }: Conversation,
  { isFaultRunning }: ClientHearing,
): Treatment {
  if (message !== NEW_MESSAGE) return treatment;
  return isFaultRunning ? "hold" : "pass";
}

function hearRequest(
  conversation: Conversation,
  { head, next, end }: MessageStep<RequestHead> & { readonly head: RequestHead },
  isUnderWay: boolean,
  { draw, policy }: ClientHearing,
): Heard {
  const touch = draw(head);
  const plan = planExchange(touch, { at: "awaited" }, policy);
  const isSwallowed = plan.action === "stop";
  const isForwarded = !isSwallowed && (plan.action !== "answer" || isUnderWay);
  const treatment: Treatment = isForwarded ? "pass" : "drop";
  // After a swallowed request nothing of this connection is of interest any more.
  const request = { message: isSwallowed ? OPAQUE : next, treatment };
  const { method, target, isLast } = head;
  const exchange = { method, target, isForwarded, isLast, touch };
  const heard = addExchange({ ...conversation, request }, exchange);
  const isTunnel = next === OPAQUE && !isSwallowed;
  return { conversation: isTunnel ? addExchange(heard, unreadable(draw)) : heard, end, treatment };
}
