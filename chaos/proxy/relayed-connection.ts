/**
 * One client's connection and the one to the upstream that belongs to it.
 *
 * Hears what each side says, asks the core what to do with it, and does it. What may not pass yet waits
 * in the backlog, and its source is paused meanwhile: nothing is buffered without a limit.
 */
import type { Socket } from "node:net";
import {
  type Draw,
  dueNow,
  type Exchange,
  endExchange,
  type HearingPolicy,
  type Hold,
  holdOf,
  NEW_CONVERSATION,
  type Recorded,
  recordingOf,
  redrawFaults,
} from "../core/conversation.ts";
import type { Asked } from "../core/draw-fault.ts";
import { hearClient } from "../core/hear-client.ts";
import { hearUpstream, hearUpstreamEnd } from "../core/hear-upstream.ts";
import type { PacePolicy } from "../core/pace.ts";
import type { Ending, Touch } from "../core/plan-exchange.ts";
import { Outlet } from "./outlet.ts";
import { ownAnswer } from "./own-answer.ts";
import { resetSocket } from "./reset-socket.ts";
import { ResponseFlow } from "./response-flow.ts";

export type RelayPolicy = HearingPolicy & {
  readonly pace: PacePolicy;
  /** A client that sends more requests than this before it is answered has to wait. */
  readonly maxPipelined: number;
  /** How long a connection is held that a fault has silenced. */
  readonly maxSilentMs: number;
  /**
   * How long a connection is held on which nothing moves. Who is not listened to, because the other side
   * does not listen, may have gone without our noticing.
   */
  readonly maxIdleMs: number;
};

/** The fault of this connection's target. */
export type TargetFault = {
  /** Whether one runs at this moment. Ends the one whose time is over. */
  isRunning(): boolean;
  readonly draw: Draw;
  countTouched(touch: Touch): void;
  /** Keeps bytes of an answer, as they pass. */
  record(recorded: Recorded, bytes: Buffer): void;
};

/** Content of a response as it passes to the client. */
export type Passed = {
  readonly asked: Asked;
  readonly contentBytes: number;
  /** Whether the response is over with it. */
  readonly isWhole: boolean;
};

export type RelayOptions = {
  readonly client: Socket;
  /** Connecting. */
  readonly upstream: Socket;
  readonly fault: TargetFault;
  readonly policy: RelayPolicy;
  readonly now: () => number;
  /** The upstream did not accept the connection. */
  readonly onRefused: (reason: string) => void;
  /** The upstream went in the middle of an exchange. */
  readonly onBroken: () => void;
  readonly onClosed: () => void;
  /** For who watches from outside, such as the lab: it changes nothing. */
  readonly onPassed?: ((passed: Passed) => void) | undefined;
};

const NOTHING = Buffer.alloc(0);

export class RelayedConnection {
  readonly #options: RelayOptions;
  readonly #toClient: Outlet;
  readonly #toUpstream: Outlet;
  readonly #flow: ResponseFlow;
  #conversation = NEW_CONVERSATION;
  /** From the upstream, and not heard yet. */
  #backlog: Buffer = NOTHING;
  /** How the upstream has ended, until it is passed on behind the backlog. */
  #endingToPass: "fin" | "rst" | undefined;
  /** The client has not taken yet what the proxy itself has answered. */
  #owesAnswers = false;
  /** The next answer is the proxy's, and waits for the client to take what there is. */
  #isAnswerWaiting = false;
  /** Once a fault has cut this connection off, nothing is heard from either side any more. */
  #severedBy: Ending | undefined;
  #deadlineMs: number;
  #lastSpoiled: Exchange | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#deadlineMs = options.now() + options.policy.maxIdleMs;
    this.#toClient = new Outlet(options.client);
    this.#toUpstream = new Outlet(options.upstream);
    this.#flow = new ResponseFlow({
      policy: options.policy.pace,
      now: options.now,
      onHeld: () => this.#touch(),
    });
    this.#listenToClient(options);
    this.#listenToUpstream(options);
  }

  /** The target's fault has begun, ended or been replaced. */
  redraw(draw: Draw): void {
    if (this.#isSevered) return;
    this.#conversation = redrawFaults(this.#conversation, draw);
    this.#relayToClient();
  }

  tick(nowMs: number): void {
    if (nowMs >= this.#deadlineMs) {
      this.close();
      return;
    }
    if (this.#flow.tick(this.#hold(), nowMs)) this.#relayToClient();
  }

  /** How many requests wait for their answers, or for the rest of one. */
  get waitingRequests(): number {
    return this.#isSevered ? 0 : this.#conversation.exchanges.length;
  }

  /** At once, whatever is under way. */
  close(): void {
    this.#severedBy = "reset";
    resetSocket(this.#options.client);
    this.#options.upstream.destroy();
  }

  #listenToClient({ client, upstream }: RelayOptions): void {
    client.on("data", (bytes: Buffer) => this.#relayToUpstream(bytes));
    client.on("drain", () => this.#relayToClient());
    client.on("end", () => {
      if (this.#isSevered) {
        this.#letClientGo();
        return;
      }
      this.#toUpstream.end();
    });
    client.on("error", () => {
      // `close` follows, and says so.
    });
    client.on("close", (hadError: boolean) => {
      if (hadError) this.#toUpstream.reset();
      else upstream.destroySoon();
      if (upstream.closed) this.#options.onClosed();
    });
  }

  #listenToUpstream({ client, upstream }: RelayOptions): void {
    upstream.on("data", (bytes: Buffer) => {
      this.#backlog = this.#backlog.length === 0 ? bytes : Buffer.concat([this.#backlog, bytes]);
      this.#relayToClient();
    });
    upstream.on("drain", () => this.#regulate());
    upstream.on("end", () => {
      this.#endingToPass = "fin";
      this.#relayToClient();
    });
    let isConnected = false;
    upstream.on("connect", () => {
      isConnected = true;
    });
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      if (!isConnected) {
        resetSocket(client);
        this.#options.onRefused(error.code ?? error.message);
        return;
      }
      this.#endingToPass = "rst";
      this.#relayToClient();
    });
    upstream.on("close", () => {
      if (client.closed) this.#options.onClosed();
    });
  }

  #relayToUpstream(bytes: Buffer): void {
    this.#renewDeadline();
    const { fault, policy } = this.#options;
    let at = 0;
    while (at < bytes.length && !this.#isSevered) {
      const isFaultRunning = fault.isRunning();
      const hearing = { isFaultRunning, draw: fault.draw, policy };
      const { conversation, treatment, end } = hearClient(this.#conversation, bytes, at, hearing);
      this.#conversation = conversation;
      this.#toUpstream.carry(treatment, bytes, at, end);
      at = end;
      this.#doWhatIsDue();
    }
    this.#toUpstream.flush();
    this.#regulate();
  }

  #relayToClient(): void {
    const { fault, policy } = this.#options;
    fault.isRunning();
    this.#doWhatIsDue();
    const bytes = this.#backlog;
    let at = 0;
    while (at < bytes.length && !this.#isSevered && !this.#isAnswerWaiting) {
      const hold = this.#hold();
      const reach = Math.min(bytes.length, at + this.#flow.allowedBytes(hold));
      if (reach === at) break;
      const hearing = { draw: fault.draw, policy };
      const recorded = recordingOf(this.#conversation, policy);
      const { exchanges, response } = this.#conversation;
      const heard = hearUpstream(this.#conversation, bytes, at, reach, hearing);
      if (recorded !== undefined) fault.record(recorded, bytes.subarray(at, heard.end));
      this.#flow.spend(hold, heard.end - at);
      this.#conversation = heard.conversation;
      this.#toClient.carry(heard.treatment, bytes, at, heard.end);
      if (heard.treatment === "spoil") this.#countSpoiled(exchanges[0]);
      if (exchanges[0] !== undefined) {
        this.#options.onPassed?.({
          asked: exchanges[0],
          contentBytes: response.progress.at === "body" ? heard.end - at : 0,
          isWhole: heard.stop === undefined && heard.conversation.exchanges[0] !== exchanges[0],
        });
      }
      at = heard.end;
      if (heard.stop === undefined) this.#doWhatIsDue();
      else this.#sever(heard.stop);
    }
    this.#toClient.flush();
    if (at > 0) this.#renewDeadline();
    this.#backlog = this.#isSevered || at === bytes.length ? NOTHING : bytes.subarray(at);
    if (this.#backlog.length === 0 && !this.#isAnswerWaiting) this.#passOnEnding();
    this.#regulate();
  }

  #doWhatIsDue(): void {
    while (!this.#isSevered) {
      const [exchange] = this.#conversation.exchanges;
      const due = dueNow(this.#conversation, this.#options.policy);
      this.#isAnswerWaiting = due.action === "answer" && this.#toClient.isBlocked;
      if (this.#isAnswerWaiting) return;
      switch (due.action) {
        case "nothing":
          return;
        case "answer":
          this.#toClient.write(ownAnswer(due.answer, { ...due, method: exchange?.method ?? "" }));
          this.#owesAnswers = true;
          if (due.isLast) {
            this.#sever("end");
            break;
          }
          this.#touch();
          this.#conversation = endExchange(this.#conversation);
          break;
        case "stop":
          this.#sever(due.ending);
      }
    }
  }

  /** From here on the client hears nothing, or the end, and the upstream is not needed any more. */
  #sever(ending: Ending): void {
    this.#touch();
    this.#severedBy = ending;
    this.#deadlineMs = this.#options.now() + this.#options.policy.maxSilentMs;
    this.#options.upstream.destroy();
    if (ending === "end") this.#toClient.end();
    if (ending === "reset") this.#toClient.reset();
    if (this.#options.client.readableEnded) this.#letClientGo();
  }

  /** Whether it only ended its half cannot be told; nobody waits for silence. */
  #letClientGo(): void {
    // A FIN would come before the RST that is on its way.
    if (this.#severedBy === "reset") return;
    this.#toClient.flush();
    this.#options.client.destroySoon();
  }

  #passOnEnding(): void {
    const ending = this.#endingToPass;
    if (ending === undefined || this.#isSevered) return;
    this.#endingToPass = undefined;
    const heard = hearUpstreamEnd(this.#conversation, this.#options.policy);
    if (heard.isBroken) this.#options.onBroken();
    if (ending === "rst") this.#toClient.reset();
    else if (heard.stop === undefined) this.#toClient.end();
    else this.#sever(heard.stop);
  }

  /** Lets each side speak while the other one listens. */
  #regulate(): void {
    const { client, upstream, policy } = this.#options;
    if (this.#isSevered) {
      client.resume();
      return;
    }
    if (!this.#toClient.isBlocked) this.#owesAnswers = false;
    const hasRoom = this.#conversation.exchanges.length < policy.maxPipelined;
    // Our own answers have no upstream that could be held up: the client has to take them first.
    if (hasRoom && !this.#owesAnswers && !this.#toUpstream.isBlocked) client.resume();
    else client.pause();
    if (this.#backlog.length === 0 && !this.#toClient.isBlocked) upstream.resume();
    else upstream.pause();
  }

  get #isSevered(): boolean {
    return this.#severedBy !== undefined;
  }

  #hold(): Hold {
    return holdOf(this.#conversation, this.#options.policy);
  }

  #touch(): void {
    const touch = this.#conversation.exchanges[0]?.touch;
    if (touch !== undefined) this.#options.fault.countTouched(touch);
  }

  /** Once, however many pieces its body comes in. */
  #countSpoiled(exchange: Exchange | undefined): void {
    if (exchange === undefined || exchange === this.#lastSpoiled) return;
    this.#lastSpoiled = exchange;
    if (exchange.touch !== undefined) this.#options.fault.countTouched(exchange.touch);
  }

  #renewDeadline(): void {
    if (this.#isSevered) return;
    this.#deadlineMs = this.#options.now() + this.#options.policy.maxIdleMs;
  }
}
