/**
 * The viewer's own record of every host, fed by all requests of the session together and by probes.
 *
 * The rules are in `core/host/pathway-health.ts`; here is only who holds the records.
 */
import type { FailoverPolicy } from "../contract/player-options.ts";
import {
  blamesHostForObjects,
  NOTHING_OBSERVED,
  type ObjectRecord,
  observeObject,
} from "../core/host/object-record.ts";
import {
  blamesHost,
  endTrial,
  type HostFailure,
  hasWaited,
  NEW_PATHWAY,
  type ObservedDelivery,
  observeDelivery,
  observeFailure,
  observeProbe,
  type PathwayHealth,
  type ProbeReport,
} from "../core/host/pathway-health.ts";
import type { HealthRecord } from "../core/play/saved-play.ts";

export type HostHealthOptions = {
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly random: () => number;
};

export class HostHealth {
  readonly #options: HostHealthOptions;
  readonly #byHost = new Map<string, PathwayHealth>();
  readonly #objectsByHost = new Map<string, ObjectRecord>();
  readonly #hadFailed = new Set<string>();
  readonly #listeners = new Set<(host: string) => void>();

  constructor(options: HostHealthOptions) {
    this.#options = options;
  }

  /** Calls `listener` with each host that was avoided and is well again, until the result is called. */
  whenRecovered(listener: (host: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a transport that ended had come to know. */
  get record(): HealthRecord {
    return { byHost: new Map(this.#byHost), hadFailed: [...this.#hadFailed] };
  }

  restore({ byHost, hadFailed }: HealthRecord): void {
    for (const [host, health] of byHost) this.#byHost.set(host, health);
    for (const host of hadFailed) this.#hadFailed.add(host);
  }

  of(host: string): PathwayHealth {
    return this.#byHost.get(host) ?? NEW_PATHWAY;
  }

  isWell(host: string): boolean {
    return this.of(host).state === "well";
  }

  /** Whether the host has ever been avoided: returning to it then is a recovery. */
  hasEverFailed(host: string): boolean {
    return this.#hadFailed.has(host);
  }

  /** Why the host is avoided; undefined while it is well. */
  failureOf(host: string) {
    const health = this.of(host);
    return health.state === "avoided" ? health : undefined;
  }

  /** Whether it was left so long ago that it is looked after whatever the buffer holds. */
  hasWaited(host: string): boolean {
    const { policy, now } = this.#options;
    const failure = this.failureOf(host);
    return failure !== undefined && hasWaited(failure, policy, now());
  }

  /** It is avoided for an old playlist: its segments come as quickly as ever. */
  isStale(host: string): boolean {
    return this.failureOf(host)?.reason === "stale-playlist";
  }

  /** @param object by its name what was asked for: what is wrong with it alone is not held against the host. */
  noteFailure(host: string, failure: HostFailure, object: string): void {
    if (!blamesHost(failure.reason) && !this.#hasTooManyBad(host, object)) return;
    const { policy, now, random } = this.#options;
    this.#hadFailed.add(host);
    this.#set(host, observeFailure(this.of(host), failure, { policy, nowMs: now(), random }));
  }

  noteDelivery(host: string, delivery: ObservedDelivery, object: string): void {
    this.#observeObject(host, object, "good");
    this.#set(host, observeDelivery(this.of(host), delivery, this.#options.now()));
  }

  noteProbe(host: string, probe: ProbeReport): void {
    const { policy, now } = this.#options;
    this.#set(host, observeProbe(this.of(host), probe, policy, now()));
  }

  endTrial(host: string): void {
    this.#set(host, endTrial(this.of(host)));
  }

  /** Notes one more bad object. What has told against the host is forgotten: it is avoided from now on. */
  #hasTooManyBad(host: string, object: string): boolean {
    const record = this.#observeObject(host, object, "bad");
    const isTooMany = blamesHostForObjects(record, this.#options.policy);
    if (isTooMany) this.#objectsByHost.delete(host);
    return isTooMany;
  }

  #observeObject(host: string, object: string, was: "good" | "bad"): ObjectRecord {
    const { policy, now } = this.#options;
    const before = this.#objectsByHost.get(host) ?? NOTHING_OBSERVED;
    const record = observeObject(before, { name: object, isBad: was === "bad" }, policy, now());
    this.#objectsByHost.set(host, record);
    return record;
  }

  #set(host: string, health: PathwayHealth): void {
    const before = this.of(host);
    this.#byHost.set(host, health);
    if (before.state === "avoided" && health.state === "well") {
      for (const listener of this.#listeners) listener(host);
    }
  }
}
