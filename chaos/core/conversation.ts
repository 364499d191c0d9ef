/**
 * What the proxy knows of one connection: the requests that wait for their responses, and how far
 * each direction has come.
 *
 * The functions here and in `hear-client.ts` and `hear-upstream.ts` take a conversation and what
 * happened, and return the next conversation with what to do about it. They touch no socket.
 */
import type { FilledFault } from "./fault-run.ts";
import { type MessageState, NEW_MESSAGE, OPAQUE } from "./message-framing.ts";
import { type Ending, type PlanPolicy, type Progress, planExchange } from "./plan-exchange.ts";

export type Exchange = {
  readonly method: string;
  /** Undefined for a stretch that is no HTTP: it lasts as long as the connection. */
  readonly target: string | undefined;
  /** What the upstream never heard cannot be healed. */
  readonly isForwarded: boolean;
  /** Whether who answers it has to end the connection. */
  readonly isLast: boolean;
  /** The fault that touches it now. */
  readonly fault: FilledFault | undefined;
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
 * passed, and they go before it, or dropped, and they with it.
 */
export type Treatment = "pass" | "hold" | "drop";

export type Heard = {
  readonly conversation: Conversation;
  /** Offset after the last byte that was heard. */
  readonly end: number;
  /** Of the bytes that were heard. */
  readonly treatment: Treatment;
  /** Given if the connection is to fall silent, or to end, after that. */
  readonly stop?: Ending;
};

/** Whether, at this moment, the running fault touches a request to `target`. */
export type Draw = (target: string | undefined) => FilledFault | undefined;

export type HearingPolicy = PlanPolicy & { readonly maxHeadBytes: number };

export type Due =
  | { readonly action: "nothing" }
  | {
      readonly action: "answer";
      readonly retryAfterSeconds: number | undefined;
      /** The connection has to end after it. */
      readonly isLast: boolean;
    }
  | { readonly action: "stop"; readonly ending: Ending };

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
  return { method: "", target: undefined, isForwarded: true, isLast: true, fault: draw(undefined) };
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
    exchange.isForwarded ? { ...exchange, fault: draw(exchange.target) } : exchange,
  );
  return { ...conversation, exchanges };
}

/** What must be done now, although no byte has come. */
export function dueNow({ exchanges, response }: Conversation, policy: PlanPolicy): Due {
  const [exchange] = exchanges;
  const plan = planExchange(exchange?.fault, response.progress, policy);
  switch (plan.action) {
    case "answer":
      // The upstream answers what it has heard, and that would be taken for the next answer.
      return { ...plan, isLast: exchange?.isLast === true || exchange?.isForwarded === true };
    case "stop":
      return plan.afterBytes === 0
        ? { action: "stop", ending: plan.ending }
        : { action: "nothing" };
    case "pass":
    case "pace":
      return { action: "nothing" };
  }
}

/** How fast what the upstream says may pass; undefined for as fast as it comes. */
export function paceOf({ exchanges, response }: Conversation, policy: PlanPolicy) {
  const plan = planExchange(exchanges[0]?.fault, response.progress, policy);
  return plan.action === "pace" ? plan.bytesPerSecond : undefined;
}
