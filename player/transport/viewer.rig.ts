/**
 * A media player in virtual time that loads as hls.js does: a playlist and one segment at a time for
 * picture and sound each, up to so much buffer, live playlists again and again; and that counts how
 * long the picture stood still.
 */
import assert from "node:assert/strict";
import { MASTER, type Rig, SEGMENT_MS } from "./wire.rig.ts";

const SECONDS = SEGMENT_MS / 1_000;
/** Distance from the live edge, as `hls/hls-defaults.ts` has it. */
const LIVE_SEGMENTS = 4;
const LIVE_REFRESH_MS = 2_000;
const HIGH_BYTES_PER_SECOND = 60_000;

type Track = {
  stream: string;
  /** Number of a segment → its URL, as the media player understands it. */
  listed: ReadonlyMap<number, string>;
  next: number | undefined;
  bufferedEnd: number;
  isLoading: boolean;
  refreshedMs: number;
  /** Initialization section of the stream, and whether it is still to be loaded. */
  init: string | undefined;
  needsInit: boolean;
};

export class Viewer {
  readonly #rig: Rig;
  readonly #goalSeconds: number;
  readonly #picture = track("low");
  readonly #sound = track("audio");
  #abort = new AbortController();
  #position: number | undefined;
  stalledMs = 0;
  firstFrameMs: number | undefined;
  isPaused = false;
  /** Who served each segment of the picture, with the moment at which it came. */
  readonly served: { readonly pathway: string; readonly atMs: number }[] = [];
  readonly failures: unknown[] = [];
  /** Segments whose bytes were not those that a good host sends. */
  readonly wrongBodies: string[] = [];

  constructor(rig: Rig, goalSeconds = 8) {
    this.#rig = rig;
    this.#goalSeconds = goalSeconds;
    rig.bufferSeconds = 0;
    rig.hasShortNames = false;
    rig.onStep = (stepMs) => this.#step(stepMs);
  }

  /** Begins to open the title; time must pass for anything to come of it. */
  opens(): void {
    void this.#rig.load(MASTER, "multivariant-playlist").then(() => {
      for (const each of [this.#picture, this.#sound]) this.#refresh(each);
    }, this.#fail);
  }

  /** Of everything that it is asking for, until it seeks. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async watches(seconds: number): Promise<void> {
    await this.#rig.pass(seconds * 1_000);
  }

  /** Whatever is under way is dropped, as a media player does. */
  seeksTo(segment: number): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#position = segment * SECONDS;
    for (const each of [this.#picture, this.#sound]) {
      Object.assign(each, { next: segment, bufferedEnd: segment * SECONDS, isLoading: false });
    }
  }

  /** Who served, without repetitions. */
  route(sinceMs = 0): string {
    const pathways = this.served.filter(({ atMs }) => atMs >= sinceMs).map((one) => one.pathway);
    return pathways.filter((id, index) => id !== pathways[index - 1]).join("");
  }

  #step(stepMs: number): void {
    this.#play(stepMs);
    for (const each of [this.#picture, this.#sound]) {
      const isDue = this.#rig.nowMs - each.refreshedMs >= LIVE_REFRESH_MS;
      if (this.#rig.isLive && each.listed.size > 0 && isDue) this.#refresh(each);
      this.#loadNext(each);
    }
  }

  #play(stepMs: number): void {
    if (this.#position === undefined) return;
    const end = Math.min(this.#picture.bufferedEnd, this.#sound.bufferedEnd);
    const isPlayable = end - this.#position >= stepMs / 1_000;
    if (this.firstFrameMs === undefined && isPlayable) this.firstFrameMs = this.#rig.nowMs;
    if (isPlayable && !this.isPaused) this.#position += stepMs / 1_000;
    else if (this.firstFrameMs !== undefined && !this.isPaused) this.stalledMs += stepMs;
    this.#rig.bufferSeconds = Math.max(0, end - this.#position);
  }

  #refresh(each: Track): void {
    each.refreshedMs = this.#rig.nowMs;
    const path = this.#rig.layouts.get("a")?.playlist(each.stream) ?? `/${each.stream}.m3u8`;
    void this.#rig.load(`http://a${path}`, "media-playlist").then(({ url, body }) => {
      const text = new TextDecoder().decode(body);
      const first = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
      const uris = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      // The segments of a film are numbered by their place, whatever the playlist counts from.
      const base = this.#rig.isLive ? first : 0;
      each.listed = new Map(uris.map((uri, index) => [base + index, new URL(uri, url).href]));
      const init = /#EXT-X-MAP:URI="(.*)"/.exec(text)?.[1];
      if (init !== each.init) Object.assign(each, { init, needsInit: init !== undefined });
      if (each.next === undefined) this.#begin(each);
    }, this.#fail);
  }

  #begin(each: Track): void {
    const numbers = [...each.listed.keys()];
    const first = this.#rig.isLive ? numbers.at(-LIVE_SEGMENTS) : numbers[0];
    each.next = first ?? 0;
    each.bufferedEnd = each.next * SECONDS;
    this.#position = Math.max(this.#position ?? 0, each.bufferedEnd);
  }

  #loadNext(each: Track): void {
    const { next, isLoading, bufferedEnd } = each;
    const url = each.listed.get(next ?? Number.NaN);
    if (next === undefined || isLoading || url === undefined) return;
    if (bufferedEnd - (this.#position ?? 0) >= this.#goalSeconds) return;
    each.isLoading = true;
    const { signal } = this.#abort;
    if (each.needsInit) {
      void this.#rig.load(`http://a/${each.init}`, "segment", signal).then(({ body }) => {
        if (signal.aborted) return;
        this.#compare(`/${each.init}`, body);
        Object.assign(each, { isLoading: false, needsInit: false });
      }, this.#fail);
      return;
    }
    void this.#rig.load(url, "segment", signal).then((delivery) => {
      if (signal.aborted) return;
      each.isLoading = false;
      each.next = next + 1;
      each.bufferedEnd = (next + 1) * SECONDS;
      if (this.#rig.layouts.size === 0) this.#compare(new URL(url).pathname, delivery.body);
      else if (new Uint8Array(delivery.body)[0] !== next % 256) this.wrongBodies.push(url);
      if (each !== this.#picture) return;
      this.served.push({ pathway: delivery.pathway, atMs: this.#rig.nowMs });
      this.#adapt(each, delivery.body.byteLength / Math.max(0.001, delivery.transferMs / 1_000));
    }, this.#fail);
  }

  #compare(path: string, body: ArrayBuffer): void {
    const good = this.#rig.goodBody(path);
    if (good !== undefined && Buffer.compare(new Uint8Array(body), good) !== 0) {
      this.wrongBodies.push(path);
    }
  }

  #adapt(each: Track, bytesPerSecond: number): void {
    const wished = bytesPerSecond * 0.8 >= HIGH_BYTES_PER_SECOND ? "high" : "low";
    if (wished === each.stream) return;
    each.stream = wished;
    // What is not listed cannot be asked for: the other rendition's playlist comes first.
    each.listed = new Map();
    this.#refresh(each);
  }

  readonly #fail = (error: unknown): void => {
    if (!(error instanceof DOMException && error.name === "AbortError")) this.failures.push(error);
  };
}

/** A viewer who has the title open, and has watched it from the first pathway for so long. */
export async function watching(rig: Rig, seconds = 8): Promise<Viewer> {
  const viewer = new Viewer(rig);
  viewer.opens();
  await viewer.watches(seconds);
  assert.equal(viewer.route(), "a");
  return viewer;
}

function track(stream: string): Track {
  return {
    stream,
    listed: new Map(),
    next: undefined,
    bufferedEnd: 0,
    isLoading: false,
    refreshedMs: 0,
    init: undefined,
    needsInit: false,
  };
}
