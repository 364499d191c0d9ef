/**
 * Delivers what the media player asks for, from whichever pathway can: the failover transport.
 *
 * A request is moved, mid-body if need be, until somebody has delivered it: the media player sees one
 * host that is sometimes a little slow. One loop (`tick`) drives watchdogs, probes, pauses and steering;
 * the decisions are in `core/`, how a request goes its way in `asking`, and what comes of it in `deliveries`.
 */
import type { PathwaySnapshot, PlayerSnapshot } from "../contract/player-events.ts";
import { bodyName } from "../core/body/listed-bodies.ts";
import type { Pathway } from "../core/place/presentation.ts";
import type { SavedPlay } from "../core/play/saved-play.ts";
import { Asking } from "./asking.ts";
import { Deliveries } from "./deliveries.ts";
import type { Delivery, TransportRequest } from "./delivery.ts";
import { Hedging } from "./hedging.ts";
import type { Named } from "./known-pathways.ts";
import { type TransportOptions, TransportParts } from "./transport-parts.ts";

export class FailoverTransport {
  readonly #parts: TransportParts;
  readonly #deliveries: Deliveries;
  readonly #asking: Asking;
  #requests = 0;

  constructor(options: TransportOptions) {
    const parts = new TransportParts(options);
    this.#parts = parts;
    const hedging = new Hedging({
      ...options,
      health: parts.health,
      traffic: parts.traffic,
      routing: parts.routing,
      story: parts.story,
      termsFor: (errand, candidate, tried) => this.#asking.termsFor(errand, candidate, tried, 0),
      onFailure: (errand, candidate, reason) => this.#asking.noteFailure(errand, candidate, reason),
    });
    this.#deliveries = new Deliveries(parts, hedging);
    this.#asking = new Asking(parts, hedging, this.#deliveries);
  }

  /**
   * Loads one resource.
   *
   * @throws {UnavailableError} if it exists on no pathway. A resource that cannot be reached is asked
   *   for until it can be, or until the signal aborts: then `signal.reason` is thrown.
   */
  load(request: TransportRequest): Promise<Delivery> {
    this.#requests += 1;
    return this.#asking.load(request);
  }

  /**
   * The browser could not decode what `deliveredBy` sent: it is asked of the others from now on.
   * False if nobody is left whose bytes have not been refused.
   */
  reject(asked: Named, deliveredBy: string): boolean {
    const { url, range } = asked;
    const name = bodyName(url, range);
    const { pathways, rejected, health, options } = this.#parts;
    const pathway = pathways.nameOf(deliveredBy);
    const candidates = pathways.candidates(asked);
    const from = candidates.find(({ id }) => id === pathway);
    if (from === undefined) return false;
    const { host } = from;
    rejected.add(name, pathway);
    health.noteFailure(host, { reason: "undecodable", bytesPerSecond: 0 }, name);
    pathways.noteFailed(host, url);
    options.emit("rejected", { pathway, url: from.url, kind: "segment", reason: "undecodable" });
    return candidates.some(({ id }) => !rejected.of(name).has(id));
  }

  /** Drives everything that happens with time. Call it about ten times a second. */
  tick(nowMs: number): void {
    const { hosts, attempts, sleepers, pathways, ownTrouble, prober, options } = this.#parts;
    this.#parts.lookAtOwnTrouble(nowMs);
    hosts.tick(nowMs);
    attempts.tick(nowMs);
    sleepers.tick(nowMs);
    const bufferMs = options.bufferSeconds() * 1_000;
    pathways.tick(bufferMs, nowMs);
    if (ownTrouble.isOffline) return;
    this.#recheckPlaylists(bufferMs, nowMs);
    prober.tick(bufferMs, nowMs);
  }

  /** Where steering is asked next; undefined where there is none. */
  get steeringUri(): string | undefined {
    return this.#parts.pathways.steeringUri;
  }

  snapshot(): Pick<
    PlayerSnapshot,
    "servedBy" | "pathways" | "steering" | "degraded" | "standsStill" | "counts" | "bytes"
  > {
    const { pathways, story, watch } = this.#parts;
    return {
      servedBy: this.#deliveries.servedBy,
      pathways: pathways.order.map((pathway, rank) => this.#snapshotOf(pathway, rank)),
      steering: pathways.steeringState,
      degraded: story.isDegraded,
      standsStill: watch.standsStill,
      counts: { ...story.counts, requests: this.#requests },
      bytes: this.#deliveries.bytes,
    };
  }

  /** What another transport needs in order to go on where this one is. */
  save(): SavedPlay {
    const { pathways, health, story } = this.#parts;
    return {
      ...this.#deliveries.save(),
      adopted: pathways.adopted,
      order: pathways.order.map(({ id }) => id),
      health: health.record,
      whereabouts: story.whereabouts,
      counts: story.counts,
    };
  }

  /** Goes on where another one was, on this one's clock. */
  restore(saved: SavedPlay): void {
    const { pathways, health, story, inspection } = this.#parts;
    const { manifest, adopted, order } = saved;
    health.restore(saved.health);
    if (manifest !== undefined) {
      inspection.learnManifest(manifest.text);
      pathways.open(manifest, this.#parts.sourcesByHealth(), order);
    }
    if (adopted !== undefined) pathways.adopt(adopted.text, adopted.url, order);
    this.#deliveries.restore(saved);
    story.restore(saved.whereabouts, saved.counts);
  }

  /** Notes what a media playlist lists that passed another transport. */
  learnPlaylist(logicalUrl: string, text: string): void {
    const { pathways, inspection } = this.#parts;
    pathways.learnPlaylist(logicalUrl, text);
    inspection.learnPlaylist(logicalUrl, text);
  }

  /** It is not driven for now, and may never be again. */
  rest(): void {
    this.#parts.rest();
  }

  wake(): void {
    this.#parts.wake();
  }

  close(): void {
    this.#parts.close();
  }

  /** Of a host with an old playlist, nothing but its playlist says whether it is well again. */
  #recheckPlaylists(bufferMs: number, nowMs: number): void {
    const { options, pathways, health, watch } = this.#parts;
    const hasEnough = bufferMs >= options.policy.probeBufferFloorMs;
    for (const { id, host } of pathways.order.filter((pathway) => health.isStale(pathway.host))) {
      if (!hasEnough && !health.hasWaited(host)) continue;
      void pathways.recheck(id, nowMs, ({ playlist, firstByteMs }) => {
        const ok = watch.isUpToDate(playlist, id);
        health.noteProbe(host, { ok, firstByteMs, bytesPerSecond: undefined });
      });
    }
  }

  #snapshotOf({ id, host }: Pathway, rank: number): PathwaySnapshot {
    const health = this.#parts.healthOf(id, host);
    const isAvoided = health.state === "avoided";
    return {
      id,
      rank,
      host,
      state: isAvoided && health.goodProbes > 0 ? "probing" : health.state,
      reason: isAvoided ? health.reason : undefined,
      firstByteMs: health.firstByteMs?.mean,
    };
  }
}
