/**
 * One target: a proxy that stands before an upstream, with at most one fault.
 *
 * While there is none, each connection is a plain relay and its bytes pass untouched.
 */
import type { Socket } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import type { EndedFault, Fault, FaultTarget, RunningFault } from "../contract/faults.ts";
import type { PresencePolicy } from "../core/upstream-presence.ts";
import { ActiveFault } from "./active-fault.ts";
import { connectTo, type UpstreamAddress } from "./connect-upstream.ts";
import { Door } from "./door.ts";
import type { FrozenPlaylistsPolicy } from "./frozen-playlists.ts";
import { type Passed, RelayedConnection, type RelayPolicy } from "./relayed-connection.ts";
import { resetSocket } from "./reset-socket.ts";

export type ProxyPolicy = {
  readonly maxConnections: number;
  readonly presence: PresencePolicy;
  readonly relay: RelayPolicy;
  readonly playlists: FrozenPlaylistsPolicy;
};

export type FaultProxyOptions = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** What clients call the host that the proxy listens on. */
  readonly advertisedHost: string;
  readonly upstream: UpstreamAddress;
  readonly policy: ProxyPolicy;
  /** Monotonic, for durations. */
  readonly now: () => number;
  /** The time of day, for what leaves the process. */
  readonly wallNow: () => number;
  readonly drawSeed: () => string;
  readonly log: Pick<FastifyBaseLogger, "debug" | "info" | "warn">;
  /** For who watches from outside, such as the lab. */
  readonly onPassed?: (passed: Passed) => void;
};

export class FaultProxy {
  readonly name: string;
  readonly #options: FaultProxyOptions;
  readonly #connections = new Set<RelayedConnection>();
  readonly #fault: ActiveFault;
  readonly #door: Door;
  #isFull = false;

  constructor(options: FaultProxyOptions) {
    const { name } = options;
    this.name = name;
    this.#options = options;
    this.#fault = new ActiveFault({
      ...options,
      target: name,
      policy: options.policy.playlists,
      onChange: (draw) => {
        for (const connection of this.#connections) connection.redraw(draw);
        this.#turnDoor(options.now());
      },
    });
    this.#door = new Door({
      ...options,
      target: name,
      policy: options.policy.presence,
      onClient: (client) => this.#accept(client),
    });
  }

  /** Rejects if the port cannot be had. */
  listen(): Promise<void> {
    return this.#door.open();
  }

  begin(fault: Fault): RunningFault {
    return this.#fault.begin(fault);
  }

  /** Answers what it ended; null if nothing ran. */
  heal(): EndedFault | null {
    return this.#fault.heal();
  }

  view(): FaultTarget {
    const { advertisedHost, upstream } = this.#options;
    return {
      name: this.name,
      url: `http://${advertisedHost}:${this.#door.port}`,
      upstream: upstream.url,
      state: this.#door.state,
      fault: this.#fault.view(),
      lastFault: this.#fault.last(),
    };
  }

  /** Called by the one loop, many times a second. */
  tick(nowMs: number): void {
    this.#fault.isRunning();
    this.#turnDoor(nowMs);
    for (const connection of this.#connections) connection.tick(nowMs);
    this.#door.tick(nowMs);
  }

  /** At once: nobody waits for a connection that hangs. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.#door.close();
  }

  /** Opens or closes the door as the fault wants it. */
  #turnDoor(nowMs: number): void {
    if (!this.#fault.isDoorShut(nowMs)) {
      this.#door.unbar();
      return;
    }
    if (this.#door.isBarred) return;
    this.#door.bar();
    for (const connection of this.#connections) {
      this.#fault.countCut(connection.waitingRequests);
      connection.close();
    }
  }

  #accept(client: Socket): void {
    // One may slip in while the door opens and a fault bars it at the same moment.
    if (this.#door.isBarred || !this.#hasRoom()) {
      resetSocket(client);
      return;
    }
    const { upstream, policy, now } = this.#options;
    const connection: RelayedConnection = new RelayedConnection({
      client,
      upstream: connectTo(upstream),
      fault: this.#fault,
      policy: policy.relay,
      now,
      onRefused: (reason) => this.#door.upstreamRefused(reason),
      onBroken: () => this.#door.upstreamBroke(),
      onClosed: () => this.#connections.delete(connection),
      onPassed: this.#options.onPassed,
    });
    this.#connections.add(connection);
  }

  #hasRoom(): boolean {
    const { name, policy, log } = this.#options;
    const wasFull = this.#isFull;
    this.#isFull = this.#connections.size >= policy.maxConnections;
    if (this.#isFull && !wasFull) {
      log.warn({ target: name, maxConnections: policy.maxConnections }, "too many connections");
    }
    return !this.#isFull;
  }
}
