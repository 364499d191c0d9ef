/** Plays the shell's part for tests of the conversation: texts in, texts out, no socket. */
import type { Fault } from "../contract/faults.ts";
import {
  type Conversation,
  type Draw,
  dueNow,
  endExchange,
  type HearingPolicy,
  NEW_CONVERSATION,
  paceOf,
  redrawFaults,
  type Treatment,
} from "./conversation.ts";
import { type FilledFault, fillIn } from "./fault-run.ts";
import { hearClient } from "./hear-client.ts";
import { hearUpstream, hearUpstreamEnd } from "./hear-upstream.ts";
import { matchesSomePath } from "./path-pattern.ts";
import type { Ending } from "./plan-exchange.ts";

const POLICY: HearingPolicy = { cutUnknownAfterBytes: 4, maxHeadBytes: 1_000 };

export type Talk = {
  /** What each side has heard so far; the proxy's own answer is `<503>`. */
  readonly heard: { upstream: string; client: string };
  readonly stopped: () => Ending | undefined;
  readonly conversation: () => Conversation;
  readonly bytesPerSecond: () => number | undefined;
  clientSays(text: string, pieceBytes?: number): void;
  upstreamSays(text: string, pieceBytes?: number): void;
  upstreamEnds(): Ending | "fin" | "broken";
  begin(name: Fault["fault"], paths?: string[]): void;
  heal(): void;
};

export function newTalk(): Talk {
  const heard = { upstream: "", client: "" };
  const held = { upstream: "", client: "" };
  let conversation = NEW_CONVERSATION;
  let fault: FilledFault | undefined;
  let stopped: Ending | undefined;
  const draw: Draw = (target) =>
    fault !== undefined && matchesSomePath(fault.paths, target) ? fault : undefined;

  const carry = (to: "upstream" | "client", treatment: Treatment, text: string) => {
    if (treatment === "pass") heard[to] += held[to] + text;
    held[to] = treatment === "hold" ? held[to] + text : "";
  };
  const doWhatIsDue = () => {
    for (;;) {
      const due = dueNow(conversation, POLICY);
      if (due.action === "stop") stopped ??= due.ending;
      if (due.action !== "answer" || stopped !== undefined) return;
      heard.client += "<503>";
      if (due.isLast) stopped = "end";
      else conversation = endExchange(conversation);
    }
  };
  const hear = (to: "upstream" | "client", piece: string) => {
    const bytes = Uint8Array.from(piece, (letter) => letter.charCodeAt(0));
    for (let at = 0; at < bytes.length && stopped === undefined; ) {
      const isFaultRunning = fault !== undefined;
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
  const change = (next: FilledFault | undefined) => {
    fault = next;
    conversation = redrawFaults(conversation, draw);
    doWhatIsDue();
  };

  return {
    heard,
    stopped: () => stopped,
    conversation: () => conversation,
    bytesPerSecond: () => paceOf(conversation, POLICY),
    clientSays: (text, pieceBytes) => hearPieces("upstream", text, pieceBytes),
    upstreamSays: (text, pieceBytes) => hearPieces("client", text, pieceBytes),
    upstreamEnds() {
      const end = hearUpstreamEnd(conversation, POLICY);
      return end.stop ?? (end.isBroken ? "broken" : "fin");
    },
    begin: (name, paths) =>
      change(fillIn({ fault: name, seconds: 1, ...(paths === undefined ? {} : { paths }) }, "s")),
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
