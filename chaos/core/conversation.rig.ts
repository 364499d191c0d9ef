/** Plays the shell's part for tests of the conversation: texts in, texts out, no socket. */
import type { Fault } from "../contract/faults.ts";
import type { FrozenAnswer } from "./answer-recording.ts";
import {
  type Conversation,
  type Draw,
  dueNow,
  endExchange,
  type HearingPolicy,
  type Hold,
  holdOf,
  NEW_CONVERSATION,
  recordingOf,
  redrawFaults,
  type Treatment,
} from "./conversation.ts";
import { drawFault } from "./draw-fault.ts";
import { beginRun, type FaultRun, fillIn } from "./fault-run.ts";
import { hearClient } from "./hear-client.ts";
import { hearUpstream, hearUpstreamEnd } from "./hear-upstream.ts";
import type { Ending, OwnAnswer } from "./plan-exchange.ts";

const POLICY: HearingPolicy = { cutUnknownAfterBytes: 4, maxHeadBytes: 1_000 };

const HEARD: Readonly<Record<OwnAnswer["kind"], string>> = {
  unavailable: "<503>",
  missing: "<404>",
  page: "<page>",
  redirect: "<302>",
  frozen: "<frozen>",
};

export type Talk = {
  /** What each side has heard so far; of the proxy's own answers what they are, `#` for a byte that is wrong. */
  readonly heard: { upstream: string; client: string };
  readonly stopped: () => Ending | undefined;
  readonly conversation: () => Conversation;
  readonly bytesPerSecond: () => number | undefined;
  readonly hold: () => Hold["action"];
  /** Whether what the upstream says next is to be kept, and begins an answer. */
  readonly recording: () => "start" | "rest" | undefined;
  clientSays(text: string, pieceBytes?: number): void;
  upstreamSays(text: string, pieceBytes?: number): void;
  upstreamEnds(): Ending | "fin" | "broken";
  begin(fault: Fault["fault"] | Fault, paths?: string[]): void;
  /** From here on the fault has this for every path. */
  freeze(answer: FrozenAnswer): void;
  heal(): void;
};

export function newTalk(): Talk {
  const heard = { upstream: "", client: "" };
  const held = { upstream: "", client: "" };
  let conversation = NEW_CONVERSATION;
  let run: FaultRun | undefined;
  let frozen: FrozenAnswer | undefined;
  let stopped: Ending | undefined;
  const draw: Draw = (asked) => {
    if (run === undefined) return undefined;
    const drawn = drawFault(run, asked);
    run = drawn.run;
    return drawn.decision.action === "touch" ? { ...drawn.decision, frozen } : undefined;
  };

  const carry = (to: "upstream" | "client", treatment: Treatment, text: string) => {
    if (treatment === "pass") heard[to] += held[to] + text;
    if (treatment === "spoil") heard[to] += held[to] + "#".repeat(text.length);
    held[to] = treatment === "hold" ? held[to] + text : "";
  };
  const doWhatIsDue = () => {
    for (;;) {
      const due = dueNow(conversation, POLICY);
      if (due.action === "stop") stopped ??= due.ending;
      if (due.action !== "answer" || stopped !== undefined) return;
      heard.client += HEARD[due.answer.kind];
      if (due.isLast) stopped = "end";
      else conversation = endExchange(conversation);
    }
  };
  const hear = (to: "upstream" | "client", piece: string) => {
    const bytes = Uint8Array.from(piece, (letter) => letter.charCodeAt(0));
    for (let at = 0; at < bytes.length && stopped === undefined; ) {
      const isFaultRunning = run !== undefined;
      const next =
        to === "upstream"
          ? hearClient(conversation, bytes, at, { isFaultRunning, draw, policy: POLICY })
          : hearUpstream(conversation, bytes, at, bytes.length, { draw, policy: POLICY });
      conversation = next.conversation;
      carry(to, next.treatment, piece.slice(at, next.end));
      at = next.end;
      stopped = next.stop;
      doWhatIsDue();
    }
  };
  const hearPieces = (to: "upstream" | "client", text: string, pieceBytes = text.length) => {
    for (let at = 0; at < text.length; at += pieceBytes) {
      hear(to, text.slice(at, at + pieceBytes));
    }
  };
  const change = (next: FaultRun | undefined) => {
    run = next;
    conversation = redrawFaults(conversation, draw);
    doWhatIsDue();
  };

  return {
    heard,
    stopped: () => stopped,
    conversation: () => conversation,
    bytesPerSecond() {
      const hold = holdOf(conversation, POLICY);
      return hold.action === "pace" ? hold.bytesPerSecond : undefined;
    },
    hold: () => holdOf(conversation, POLICY).action,
    recording() {
      const recorded = recordingOf(conversation, POLICY);
      if (recorded === undefined) return undefined;
      return recorded.isStart ? "start" : "rest";
    },
    clientSays: (text, pieceBytes) => hearPieces("upstream", text, pieceBytes),
    upstreamSays: (text, pieceBytes) => hearPieces("client", text, pieceBytes),
    upstreamEnds() {
      const end = hearUpstreamEnd(conversation, POLICY);
      return end.stop ?? (end.isBroken ? "broken" : "fin");
    },
    begin(fault, paths) {
      const scope = paths === undefined ? {} : { paths };
      const whole = typeof fault === "string" ? { fault, seconds: 1, ...scope } : fault;
      change(beginRun(fillIn(whole, "s"), 1));
    },
    freeze(answer) {
      frozen = answer;
    },
    heal: () => change(undefined),
  };
}

export const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
export const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
export const ok = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
export const OK_CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
export const OK_UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\n";
