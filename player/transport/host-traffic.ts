/**
 * What has been coming from each host lately, and who has been asked without a byte in return.
 *
 * The measuring is in `core/attempt/flow.ts`; here is only who holds the measures, one per host for all the
 * requests of the session together.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  closeAnswer,
  DRY,
  type Flow,
  forgetPace,
  openAnswer,
  type Pace,
  paceOf,
  takeBytes,
} from "../core/attempt/flow.ts";

export type HostTrafficOptions = { readonly policy: FailoverPolicy; readonly now: () => number };

/** How quick a host was, and when that was seen. */
export type KnownPace = { readonly bytesPerSecond: number; readonly atMs: number };

export class HostTraffic {
  readonly #options: HostTrafficOptions;
  readonly #flows = new Map<string, Flow>();
  /** Of hosts that were measured by a few bytes, for want of others. */
  readonly #measured = new Map<string, KnownPace>();
  readonly #unanswered = new Map<string, { readonly silentMs: number; readonly atMs: number }>();
  #lastTickMs: number | undefined;
  #hasOverslept = false;

  constructor(options: HostTrafficOptions) {
    this.#options = options;
  }

  /**
   * The loop is awake. While the page stood still nothing could be read, however much had come: what
   * that made of the pace is forgotten, unless long sleeps are the loop's pace (a hidden tab).
   */
  tick(nowMs: number): void {
    const sleptMs = nowMs - (this.#lastTickMs ?? nowMs);
    const hasOverslept = sleptMs >= this.#options.policy.paceWindowMs / 2;
    if (hasOverslept && !this.#hasOverslept) {
      for (const [host, flow] of this.#flows) {
        if (flow.open > 0) this.#flows.set(host, forgetPace(flow, nowMs));
      }
    }
    this.#lastTickMs = nowMs;
    this.#hasOverslept = hasOverslept;
  }

  /** The host begins to answer a request. */
  open(host: string): void {
    const { policy, now } = this.#options;
    this.#unanswered.delete(host);
    this.#flows.set(host, openAnswer(this.#flow(host), now(), policy.paceWindowMs));
  }

  take(host: string, bytes: number): void {
    const { policy, now } = this.#options;
    this.#flows.set(host, takeBytes(this.#flow(host), bytes, now(), policy.paceWindowMs));
  }

  close(host: string): void {
    const { policy, now } = this.#options;
    this.#flows.set(host, closeAnswer(this.#flow(host), now(), policy.paceWindowMs));
  }

  /** How quickly it has been delivering lately. */
  paceOf(host: string): Pace {
    const { policy, now } = this.#options;
    return paceOf(this.#flow(host), now(), policy.paceWindowMs);
  }

  /** The latest that is known of it, if that is lately, and enough came to count. */
  knownPaceOf(host: string): KnownPace | undefined {
    const { policy, now } = this.#options;
    const { lastByteMs: atMs = Number.NEGATIVE_INFINITY } = this.#flow(host);
    const { bytes, overMs, bytesPerSecond } = this.paceOf(host);
    const isEnough = bytes >= policy.paceSampleBytes || overMs >= policy.paceWindowMs;
    const known = [...(isEnough ? [{ bytesPerSecond, atMs }] : []), this.#measured.get(host)];
    return known
      .filter((pace) => pace !== undefined)
      .filter((pace) => now() - pace.atMs <= policy.paceMemoryMs)
      .toSorted((a, b) => b.atMs - a.atMs)[0];
  }

  noteMeasured(host: string, bytesPerSecond: number): void {
    this.#measured.set(host, { bytesPerSecond, atMs: this.#options.now() });
  }

  /** Since anything came from it, to whichever request. */
  silentMs(host: string): number {
    return this.#options.now() - (this.#flow(host).lastByteMs ?? Number.NEGATIVE_INFINITY);
  }

  /** What its pace has come to: the newer half, as the older may be from before it went bad. */
  latestBytesPerSecond(host: string): number {
    const { policy, now } = this.#options;
    return paceOf(this.#flow(host), now(), policy.paceWindowMs / 2).bytesPerSecond;
  }

  /** What is known of all hosts but this one. */
  knownPacesBut(host: string): readonly number[] {
    const known = new Set([...this.#flows.keys(), ...this.#measured.keys()]);
    return [...known].flatMap((other) =>
      other === host ? [] : (this.knownPaceOf(other)?.bytesPerSecond ?? []),
    );
  }

  /** The player turned away from a request to which the host had been silent for so long. */
  noteUnanswered(host: string, silentMs: number): void {
    const longestMs = Math.max(silentMs, this.unansweredMs(host));
    this.#unanswered.set(host, { silentMs: longestMs, atMs: this.#options.now() });
  }

  /** For how long it has just been silent to such a request. Soon, that says nothing any more. */
  unansweredMs(host: string): number {
    const { policy, now } = this.#options;
    const { silentMs, atMs } = this.#unanswered.get(host) ?? { silentMs: 0, atMs: 0 };
    return now() - atMs <= policy.silenceMs ? silentMs : 0;
  }

  /** The host is not what it was. */
  forget(host: string): void {
    this.#unanswered.delete(host);
    this.#measured.delete(host);
    this.#flows.set(host, forgetPace(this.#flow(host), this.#options.now()));
  }

  #flow(host: string): Flow {
    return this.#flows.get(host) ?? DRY;
  }
}
