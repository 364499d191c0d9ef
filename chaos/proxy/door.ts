/**
 * The listening side of a proxy, open while something listens behind it and no fault bars it.
 *
 * When the upstream refuses a connection the door closes, so that clients are refused as by a dead
 * box; when it accepts again the door opens on the same port. Nobody can tell the proxy from the box.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import {
  isLookDue,
  isUpstreamsDoing,
  type Look,
  observeLook,
  PRESENT,
  type PresencePolicy,
  suspect,
  type UpstreamPresence,
} from "../core/upstream-presence.ts";
import { connectTo, type UpstreamAddress } from "./connect-upstream.ts";

export type DoorOptions = {
  /** For the log, as are all its changes. */
  readonly target: string;
  readonly host: string;
  /** 0 for any: the one that was drawn is kept. */
  readonly port: number;
  readonly upstream: UpstreamAddress;
  readonly policy: PresencePolicy;
  readonly now: () => number;
  readonly log: Pick<FastifyBaseLogger, "info" | "warn">;
  readonly onClient: (client: Socket) => void;
};

export class Door {
  readonly #options: DoorOptions;
  #server: Server | undefined;
  #port: number;
  #presence: UpstreamPresence = PRESENT;
  #look: Socket | undefined;
  /** Why the port cannot be had again, once that was said. */
  #trouble: string | undefined;
  #isReopening = false;
  /** By a fault, whatever the upstream does. */
  #isBarred = false;
  #isClosed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get port(): number {
    return this.#port;
  }

  get state(): UpstreamPresence["state"] {
    return this.#presence.state;
  }

  get isBarred(): boolean {
    return this.#isBarred;
  }

  /** A fault closes the door. */
  bar(): void {
    if (this.#isBarred) return;
    this.#isBarred = true;
    this.#sayDoor("open", "barred");
    void this.#shut();
  }

  /** No fault closes it any more: it opens if somebody is behind it. */
  unbar(): void {
    if (!this.#isBarred) return;
    this.#isBarred = false;
    this.#sayDoor("barred", "open");
    this.#openIfItMay();
  }

  /** Rejects if the port cannot be had. */
  async open(): Promise<void> {
    const { host, onClient } = this.#options;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onClient);
    await new Promise<void>((resolve, reject) => {
      // Stays for good: a single client that cannot be accepted ends no proxy.
      server.on("error", reject);
      server.listen({ host, port: this.#port, exclusive: true }, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address !== "string") this.#port = address.port;
    this.#server = server;
    if (this.#isClosed) await this.close();
    else if (this.#isBarred) await this.#shut();
  }

  /** The upstream did not accept a connection. */
  upstreamRefused(reason: string): void {
    if (isUpstreamsDoing(reason)) this.#observe({ result: "refused", reason });
  }

  /** The upstream went in the middle of an answer: is it still there? */
  upstreamBroke(): void {
    this.#presence = suspect(this.#presence);
  }

  tick(nowMs: number): void {
    const isBusy = this.#look !== undefined || this.#isReopening;
    if (!isBusy && isLookDue(this.#presence, nowMs)) this.#lookAtUpstream();
    this.#openIfItMay();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#look?.destroy();
    await this.#shut();
  }

  /** Those who are inside stay. */
  async #shut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #lookAtUpstream(): void {
    const look = connectTo(this.#options.upstream);
    this.#look = look;
    look.once("connect", () => {
      look.destroy();
      this.#observe({ result: "accepted" });
    });
    look.once("error", (error: NodeJS.ErrnoException) =>
      this.upstreamRefused(error.code ?? error.message),
    );
    look.once("close", () => {
      this.#look = undefined;
    });
  }

  #observe(look: Look): void {
    // A refusal that was on its way must not have the door opened twice.
    if (this.#isClosed || this.#isReopening) return;
    const { policy, now } = this.#options;
    const before = this.#presence;
    const after = observeLook(look, policy, now());
    if (before.state === "gone" && after.state === "up") {
      if (this.#isBarred) this.#findBack();
      else void this.#reopen();
      return;
    }
    this.#presence = after;
    if (before.state === "gone" || after.state === "up") return;
    this.#sayUpstream("up", "gone", after.reason);
    void this.#shut();
  }

  #openIfItMay(): void {
    const isOpen = this.#server !== undefined || this.#isReopening;
    const mayOpen = !this.#isClosed && !this.#isBarred && this.#presence.state === "up";
    if (!isOpen && mayOpen) void this.#reopen();
  }

  /** Up is only who listens again: until then the upstream counts as gone, and is looked at. */
  async #reopen(): Promise<void> {
    const { target, policy, now, log } = this.#options;
    this.#isReopening = true;
    try {
      await this.open();
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (trouble !== this.#trouble) {
        log.warn({ target, port: this.#port, reason: trouble }, "cannot listen again; trying on");
      }
      this.#trouble = trouble;
      this.#presence = observeLook({ result: "refused", reason: trouble }, policy, now());
      return;
    } finally {
      this.#isReopening = false;
    }
    if (this.#isClosed) return;
    this.#trouble = undefined;
    this.#findBack();
  }

  #findBack(): void {
    if (this.#presence.state === "gone") this.#sayUpstream("gone", "up", "accepts again");
    this.#presence = PRESENT;
  }

  #sayUpstream(from: UpstreamPresence["state"], to: UpstreamPresence["state"], reason: string) {
    const { target, log } = this.#options;
    const level = to === "gone" ? "warn" : "info";
    log[level]({ target, from, to, reason }, "upstream changed state");
  }

  #sayDoor(from: "open" | "barred", to: "open" | "barred"): void {
    const { target, log } = this.#options;
    log.info({ target, from, to, reason: "fault" }, "door changed state");
  }
}
