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
  NEW_CONVERSATION,
  paceOf,
  redrawFaults,
} from "../core/conversation.ts";
import type { FilledFault } from "../core/fault-run.ts";
import { hearClient } from "../core/hear-client.ts";
import { hearUpstream, hearUpstreamEnd } from "../core/hear-upstream.ts";
import {
  affordableBytes,
  beginPace,
  type Pace,
  type PacePolicy,
  refillPace,
  spendPace,
} from "../core/pace.ts";
import type { Ending } from "../core/plan-exchange.ts";
import { Outlet } from "./outlet.ts";
import { resetSocket } from "./reset-socket.ts";
import { unavailableAnswer } from "./unavailable-answer.ts";

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
  countTouched(fault: FilledFault): void;
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
};

const NOTHING = Buffer.alloc(0);

export class RelayedConnection {
  readonly #options: RelayOptions;
  readonly #toClient: Outlet;
  readonly #toUpstream: Outlet;
  #conversation = NEW_CONVERSATION;
  /** From the upstream, and not heard yet. */
  #backlog: Buffer = NOTHING;
  #pace: Pace | undefined;
  /** The exchange that is paced, once it was counted as touched. */
  #paced: Exchange | undefined;
  /** How the upstream has ended, until it is passed on behind the backlog. */
  #endingToPass: "fin" | "rst" | undefined;
  /** The client has not taken yet what the proxy itself has answered. */
  #owesAnswers = false;
  /** A fault has cut this connection off: nothing is heard from either side any more. */
  #isSevered = false;
  #deadlineMs: number;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#deadlineMs = options.now() + options.policy.maxIdleMs;
    this.#toClient = new Outlet(options.client);
    this.#toUpstream = new Outlet(options.upstream);
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
    const bytesPerSecond = this.#bytesPerSecond();
    if (bytesPerSecond === undefined) return;
    const { pace } = this.#options.policy;
    this.#pace = refillPace(this.#pace ?? beginPace(nowMs), bytesPerSecond, pace, nowMs);
    this.#relayToClient();
  }

  /** At once, whatever is under way. */
  close(): void {
    this.#isSevered = true;
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
    while (at < bytes.length && !this.#isSevered) {
      const reach = Math.min(bytes.length, at + this.#allowedBytes());
      if (reach === at) break;
      const hearing = { draw: fault.draw, policy };
      const heard = hearUpstream(this.#conversation, bytes, at, reach, hearing);
      this.#spend(heard.end - at);
      this.#conversation = heard.conversation;
      this.#toClient.carry(heard.treatment, bytes, at, heard.end);
      at = heard.end;
      if (heard.stop === undefined) this.#doWhatIsDue();
      else this.#sever(heard.stop);
    }
    this.#toClient.flush();
    if (at > 0) this.#renewDeadline();
    this.#backlog = this.#isSevered || at === bytes.length ? NOTHING : bytes.subarray(at);
    if (this.#backlog.length === 0) this.#passOnEnding();
    this.#regulate();
  }

  #doWhatIsDue(): void {
    while (!this.#isSevered) {
      const [exchange] = this.#conversation.exchanges;
      const due = dueNow(this.#conversation, this.#options.policy);
      switch (due.action) {
        case "nothing":
          return;
        case "answer":
          this.#toClient.write(unavailableAnswer({ ...due, method: exchange?.method ?? "" }));
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
    this.#isSevered = true;
    this.#deadlineMs = this.#options.now() + this.#options.policy.maxSilentMs;
    this.#options.upstream.destroy();
    if (ending === "end") this.#toClient.end();
    if (this.#options.client.readableEnded) this.#letClientGo();
  }

  /** Whether it only ended its half cannot be told; nobody waits for silence. */
  #letClientGo(): void {
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

  #bytesPerSecond(): number | undefined {
    return paceOf(this.#conversation, this.#options.policy);
  }

  #allowedBytes(): number {
    if (this.#bytesPerSecond() === undefined) return Number.POSITIVE_INFINITY;
    this.#pace ??= beginPace(this.#options.now());
    return affordableBytes(this.#pace);
  }

  #spend(bytes: number): void {
    if (this.#pace === undefined || this.#bytesPerSecond() === undefined) return;
    this.#pace = spendPace(this.#pace, bytes);
    const [exchange] = this.#conversation.exchanges;
    if (exchange !== this.#paced) this.#touch();
    this.#paced = exchange;
  }

  #touch(): void {
    const fault = this.#conversation.exchanges[0]?.fault;
    if (fault !== undefined) this.#options.fault.countTouched(fault);
  }

  #renewDeadline(): void {
    if (this.#isSevered) return;
    this.#deadlineMs = this.#options.now() + this.#options.policy.maxIdleMs;
  }
}
