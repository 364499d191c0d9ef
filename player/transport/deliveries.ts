/**
 * Makes an answer for the media player of what has come whole, and tells everybody who learns from it.
 *
 * A live playlist is heard first: if it does not move, others are asked for their opinion. And what a
 * playlist says of pathways is for the transport alone: the media player is shown one host.
 */
import type { PlayerSnapshot } from "../contract/player-events.ts";
import { bodyName } from "../core/body/listed-bodies.ts";
import type { SavedPlay } from "../core/play/saved-play.ts";
import type { Delivery, TransportRequest } from "./delivery.ts";
import type { Errand } from "./errand.ts";
import type { Hedging } from "./hedging.ts";
import type { Candidate } from "./known-pathways.ts";
import type { Asked } from "./leg.ts";
import type { Hearing, Settled } from "./live-watch.ts";
import type { TransportParts } from "./transport-parts.ts";

/** A whole body, and where it came from. */
export type Arrival = {
  readonly candidate: Candidate;
  readonly body: ArrayBuffer;
  /** After redirects. */
  readonly from: string;
  readonly delivery: Omit<Delivery, "url" | "body">;
  readonly startedMs: number;
  readonly firstByteMs: number;
};

type Saved = Pick<SavedPlay, "manifest" | "servedBy">;

export class Deliveries {
  readonly #parts: TransportParts;
  readonly #hedging: Hedging;
  #deliveredBytes = 0;
  #servedBy: string | undefined;
  #manifest: SavedPlay["manifest"];

  constructor(parts: TransportParts, hedging: Hedging) {
    this.#parts = parts;
    this.#hedging = hedging;
  }

  get servedBy(): string | undefined {
    return this.#servedBy && this.#parts.pathways.nameOf(this.#servedBy);
  }

  get bytes(): PlayerSnapshot["bytes"] {
    return {
      delivered: this.#deliveredBytes,
      hedging: this.#hedging.wastedBytes,
      probing: this.#parts.kept.wastedBytes,
    };
  }

  save(): Saved {
    return { manifest: this.#manifest, servedBy: this.servedBy };
  }

  restore({ manifest, servedBy }: Saved): void {
    this.#manifest = manifest;
    this.#servedBy = servedBy;
  }

  /** All of it has come; a playlist tells at once what the pathway lists. */
  arrivalOf(errand: Errand, { candidate: asked, progress }: Asked, response: Response): Arrival {
    const { pathways, options } = this.#parts;
    const { kind, url } = errand.request;
    const candidate = { ...asked, id: pathways.nameOf(asked.id) };
    const body = errand.whole();
    const from = response.url === "" ? candidate.url : response.url;
    if (kind === "media-playlist") {
      pathways.learnCopy(url, textOf(body), { pathwayId: candidate.id, url: from });
    }
    const { startedMs, firstByteMs = options.now() } = progress;
    const delivery = { ...errand.deliveryFrom(candidate, progress), response };
    return { candidate, body, from, delivery, startedMs, firstByteMs };
  }

  /** A live playlist that does not move is compared with another pathway's before it is given on. */
  hear(
    { kind, url }: TransportRequest,
    arrival: Arrival,
    hearing: Hearing<Arrival>,
  ): Settled<Arrival> | undefined {
    if (kind !== "media-playlist") return { answer: arrival };
    const settled = hearing.hear(arrival);
    const stale = settled?.stale?.candidate.host;
    if (stale !== undefined) {
      const { health, traffic, pathways } = this.#parts;
      const bytesPerSecond = traffic.latestBytesPerSecond(stale);
      health.noteFailure(stale, { reason: "stale-playlist", bytesPerSecond }, url);
      pathways.noteFailed(stale, url);
    }
    return settled;
  }

  deliver(errand: Errand, arrival: Arrival): Delivery {
    errand.close("lost");
    this.#note(errand, arrival);
    const { candidate, body, delivery, from } = arrival;
    const { pathways, story, watch } = this.#parts;
    const { kind, url } = errand.request;
    if (kind === "segment") {
      this.#parts.notePace(body.byteLength, delivery.transferMs);
      this.#servedBy = candidate.id;
      pathways.noteServed(candidate.id);
      // The segment came by way of all of them: a playlist's host has nothing else to show.
      for (const host of pathways.hostsOf(candidate.id)) this.#parts.health.endTrial(host);
    }
    if (kind === "media-playlist") {
      const text = textOf(body);
      const manifest = { text, url: from, source: this.#manifest?.source ?? url };
      if (pathways.refresh(manifest)) this.#manifest = manifest;
      const shown = pathways.show(url, text, candidate.id);
      return { ...delivery, url, body: bytesOf(shown) };
    }
    if (kind !== "multivariant-playlist") return { ...delivery, url, body };

    story.begin();
    watch.begin();
    this.#manifest = { text: textOf(body), url: from, source: candidate.id };
    const shown = pathways.open(this.#manifest, this.#parts.sourcesByHealth());
    return { ...delivery, url: from, body: bytesOf(shown) };
  }

  #note(errand: Errand, { candidate, body, startedMs, firstByteMs }: Arrival): void {
    const { pathways, health, prober, ownTrouble, story, routing } = this.#parts;
    const { url, range } = errand.request;
    this.#deliveredBytes += body.byteLength;
    this.#hedging.noteDelivered(body.byteLength);
    prober.noteDelivered(body.byteLength);
    const isHeld = pathways.holdMsOf(url) > 0;
    const delivered = { startedMs, firstByteMs: isHeld ? undefined : firstByteMs };
    health.noteDelivery(candidate.host, delivered, bodyName(url, range));
    ownTrouble.noteDelivery(startedMs);
    story.recover(errand, candidate.id);
    routing.arrive(errand, candidate);
  }
}

function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

function textOf(body: ArrayBuffer): string {
  return new TextDecoder().decode(body);
}
