/**
 * The sessions of one failover loader: one for each hls.js instance that loads with it, told apart by the
 * configuration object that hls.js hands to every loader. They share what is known of the hosts.
 */
import type { HlsConfig } from "hls.js";
import { HostRecords } from "../transport/host-records.ts";
import { LoaderSession, type LoaderSessionOptions } from "./loader-session.ts";

export type LoaderSessionsOptions = Omit<LoaderSessionOptions, "hosts" | "onAwake" | "onClosed"> & {
  /** Whether `tick` is needed: while anything plays, and not for longer. */
  readonly onLoop: (isNeeded: boolean) => void;
};

export class LoaderSessions {
  readonly #options: LoaderSessionOptions;
  readonly #onLoop: (isNeeded: boolean) => void;
  readonly #byConfig = new WeakMap<HlsConfig, LoaderSession>();
  readonly #awake = new Set<LoaderSession>();
  #isClosed = false;

  constructor({ onLoop, ...world }: LoaderSessionsOptions) {
    this.#onLoop = onLoop;
    this.#options = {
      ...world,
      hosts: new HostRecords(world),
      onAwake: (session) => this.#wake(session),
      onClosed: (session) => this.#rest(session),
    };
  }

  of(config: HlsConfig): LoaderSession {
    const known = this.#byConfig.get(config);
    if (known !== undefined) return known;
    const session = new LoaderSession(config, this.#options);
    this.#byConfig.set(config, session);
    if (this.#isClosed) session.close();
    return session;
  }

  tick(nowMs: number): void {
    for (const session of [...this.#awake]) {
      session.tick(nowMs);
      if (!session.isIdle(nowMs)) continue;
      session.rest();
      this.#rest(session);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const session of [...this.#awake]) session.close();
  }

  #wake(session: LoaderSession): void {
    // One that was at rest when all ended learns of it now.
    if (this.#isClosed) {
      session.close();
      return;
    }
    if (this.#awake.size === 0) this.#onLoop(true);
    this.#awake.add(session);
  }

  #rest(session: LoaderSession): void {
    if (this.#awake.delete(session) && this.#awake.size === 0) this.#onLoop(false);
  }
}
