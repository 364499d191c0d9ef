/**
 * Which hosts want to be spared, by what their own answers say. The rules are in `core/host/duress.ts`; here is
 * only who reads the headers and holds what they said.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import { AT_EASE, type Duress, isSpared, observePlea, readsDuress } from "../core/host/duress.ts";
import { readRetryAfterMs } from "./retry-after.ts";

export type HostPleasOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
};

export class HostPleas {
  readonly #options: HostPleasOptions;
  readonly #byHost = new Map<string, Duress>();

  constructor(options: HostPleasOptions) {
    this.#options = options;
  }

  /** The head of an answer has come. */
  read(host: string, { status, headers }: Pick<Response, "status" | "headers">): void {
    const { policy, now, wallNow, random } = this.#options;
    const refuses = status === 429 || status === 503;
    const plea = {
      isUnderDuress: readsDuress(headers.get("cmsd-dynamic")),
      retryAfterMs: refuses ? readRetryAfterMs(headers.get("retry-after"), wallNow()) : undefined,
    };
    this.#byHost.set(host, observePlea(this.#of(host), plea, { policy, nowMs: now(), random }));
  }

  isSpared(host: string): boolean {
    return isSpared(this.#of(host), this.#options.now());
  }

  /** It refused and asked for quiet: not only viewers, probes too keep away. */
  wantsQuiet(host: string): boolean {
    return this.#of(host).isQuiet && this.isSpared(host);
  }

  #of(host: string): Duress {
    return this.#byHost.get(host) ?? AT_EASE;
  }
}
