/**
 * What the proxy knows of one connection: the requests that wait for their responses, and how far
 * each direction has come.
 *
 * The functions here and in `hear-client.ts` and `hear-upstream.ts` take a conversation and what
 * happened, and return the next conversation with what to do about it. They touch no socket.
 */
import type { Asked } from "./draw-fault.ts";
import { type MessageState, NEW_MESSAGE, OPAQUE } from "./message-framing.ts";
import {
  type Ending,
  type OwnAnswer,
  type PlanPolicy,
  type Progress,
  planExchange,
  type Touch,
} from "./plan-exchange.ts";

/** One without a target lasts as long as its connection. */
export type Exchange = Asked & {
  /** What the upstream never heard cannot be healed. */
  readonly isForwarded: boolean;
  /** Whether who answers it has to end the connection. */
  readonly isLast: boolean;
  /** By the fault that runs now. */
  readonly touch: Touch | undefined;
};

export type Conversation = {
  readonly request: {
    readonly message: MessageState;
    /** What is done with the bytes of the message that is coming. */
    readonly treatment: Treatment;
  };
  /** Oldest first: the first one is being answered (HTTP/1.1 answers in order). */
  readonly exchanges: readonly Exchange[];
  readonly response: { readonly message: MessageState; readonly progress: Progress };
};

/**
 * What to do with a run of bytes. `hold` keeps them until a later run of the same direction is
 * passed, and they go before it, or dropped, and they with it. `spoil` passes as many bytes, all of them wrong.
 */
export type Treatment = "pass" | "spoil" | "hold" | "drop";

export type Heard = {
  readonly conversation: Conversation;
  /** Offset after the last byte that was heard. */
  readonly end: number;
  /** Of the bytes that were heard. */
  readonly treatment: Treatment;
  /** Given if the connection is to fall silent, or to end, after that. */
  readonly stop?: Ending;
};

/** Whether, at this moment, the running fault touches a request. */
export type Draw = (asked: Asked) => Touch | undefined;

export type HearingPolicy = PlanPolicy & { readonly maxHeadBytes: number };

export type Due =
  | { readonly action: "nothing" }
  | {
      readonly action: "answer";
      readonly answer: OwnAnswer;
      /** The connection has to end after it. */
      readonly isLast: boolean;
    }
  | { readonly action: "stop"; readonly ending: Ending };

export type Hold =
  | { readonly action: "none" }
  | { readonly action: "pace"; readonly exchange: Exchange; readonly bytesPerSecond: number }
  | { readonly action: "delay"; readonly exchange: Exchange; readonly delayMs: number };

export type Recorded = {
  readonly exchange: Exchange;
  /** Whether its answer begins with the next byte. */
  readonly isStart: boolean;
};

const AWAITED: Conversation["response"] = { message: NEW_MESSAGE, progress: { at: "awaited" } };
const UNREADABLE: Conversation["response"] = {
  message: OPAQUE,
  progress: { at: "body", body: { kind: "opaque" }, passedBytes: 0 },
};

export const NEW_CONVERSATION: Conversation = {
  request: { message: NEW_MESSAGE, treatment: "pass" },
  exchanges: [],
  response: AWAITED,
};

/** The last exchange of a connection: from here on it is no HTTP, or none that is understood. */
export function unreadable(draw: Draw): Exchange {
  const asked = { method: "", target: undefined };
  return { ...asked, isForwarded: true, isLast: true, touch: draw(asked) };
}

export function addExchange(conversation: Conversation, exchange: Exchange): Conversation {
  const exchanges = [...conversation.exchanges, exchange];
  if (exchanges.length > 1) return { ...conversation, exchanges };
  return { ...conversation, exchanges, response: beginResponse(exchange) };
}

/** The first exchange has its answer, whoever gave it. */
export function endExchange(conversation: Conversation): Conversation {
  const exchanges = conversation.exchanges.slice(1);
  return { ...conversation, exchanges, response: beginResponse(exchanges[0]) };
}

function beginResponse(exchange: Exchange | undefined): Conversation["response"] {
  const isUnreadable = exchange !== undefined && exchange.target === undefined;
  return isUnreadable ? UNREADABLE : AWAITED;
}

/**
 * A fault has begun, ended or been replaced: everything under way is drawn anew. What was kept from
 * the upstream stays lost, as it would have with a box that was ill at that moment.
 */
export function redrawFaults(conversation: Conversation, draw: Draw): Conversation {
  const exchanges = conversation.exchanges.map((exchange) =>
    exchange.isForwarded ? { ...exchange, touch: draw(exchange) } : exchange,
  );
  return { ...conversation, exchanges };
}

/** What must be done now, although no byte has come. */
export function dueNow({ exchanges, response }: Conversation, policy: PlanPolicy): Due {
  const [exchange] = exchanges;
  const plan = planExchange(exchange?.touch, response.progress, policy);
  switch (plan.action) {
    case "answer":
      // The upstream answers what it has heard, and that would be taken for the next answer.
      return { ...plan, isLast: exchange?.isLast === true || exchange?.isForwarded === true };
    case "stop":
      return plan.afterBytes === 0
        ? { action: "stop", ending: plan.ending }
        : { action: "nothing" };
    case "pass":
    case "record":
    case "pace":
    case "spoil":
    case "delay":
      return { action: "nothing" };
  }
}

/** What holds up the bytes that the upstream says next. */
export function holdOf({ exchanges, response }: Conversation, policy: PlanPolicy): Hold {
  const [exchange] = exchanges;
  const plan = planExchange(exchange?.touch, response.progress, policy);
  if (exchange !== undefined && plan.action === "pace") return { ...plan, exchange };
  if (exchange !== undefined && plan.action === "delay") return { ...plan, exchange };
  return { action: "none" };
}

/** What the bytes answer that the upstream says next, if they are to be kept. */
export function recordingOf(
  { exchanges, response: { message, progress } }: Conversation,
  policy: PlanPolicy,
): Recorded | undefined {
  const [exchange] = exchanges;
  if (exchange === undefined) return undefined;
  if (planExchange(exchange.touch, progress, policy).action !== "record") return undefined;
  return { exchange, isStart: message === NEW_MESSAGE };
}
