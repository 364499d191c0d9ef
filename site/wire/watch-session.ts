/**
 * One playback: the failover player on a video element, and all that the page tells about it.
 *
 * Reads the player's snapshot on every tick and folds its events, and those of the boxes, into the
 * log; what it shows is one value, `view`.
 */
import type {
  DegradedEvent,
  PlayerErrorEvent,
  PlayerSnapshot,
} from "../../player/contract/player-events.ts";
import { createFailoverPlayer, type FailoverPlayer } from "../../player/create-failover-player.ts";
import { type BufferHistory, sampleBuffer } from "../core/buffer-history.ts";
import {
  type EventLog,
  type HeardEvent,
  noteBuffer,
  recordEvent,
  recordFaults,
} from "../core/event-log.ts";
import { type FaultLook, tellFaults } from "../core/fault-stories.ts";
import type { Programme } from "../core/programme.ts";
import { readViewingWishes, sourcesIn } from "../core/viewing-wishes.ts";

export type Outage = { readonly sinceMs: number; readonly tried: readonly string[] };

export type WatchView = {
  readonly snapshot: PlayerSnapshot;
  readonly currentSeconds: number;
  /** 0 until it is known, and for what is live. */
  readonly durationSeconds: number;
  readonly bufferedEndSeconds: number;
  /** How far behind the live edge the player means to stay; undefined until it knows. */
  readonly liveDistanceSeconds: number | undefined;
  readonly log: EventLog;
  readonly buffer: BufferHistory;
  readonly outage: Outage | undefined;
  /** What keeps the film from playing at all; undefined again once it plays. */
  readonly trouble: PlayerErrorEvent["code"] | undefined;
};

export class WatchSession {
  readonly player: FailoverPlayer;
  view: WatchView;
  readonly #video: HTMLVideoElement;
  readonly #changed: () => void;
  #faults: FaultLook | undefined;

  constructor(video: HTMLVideoElement, programme: Programme, changed: () => void) {
    const { bufferSeconds, region } = readViewingWishes(location.search);
    this.#video = video;
    this.#changed = changed;
    this.player = createFailoverPlayer(video, {
      src: sourcesIn(programme.sources, region),
      hls: {
        // The second is what counts: up to it hls.js goes on as long as memory allows.
        maxBufferLength: bufferSeconds,
        maxMaxBufferLength: bufferSeconds,
        // So that the controls know what is live from what has an end.
        liveDurationInfinity: true,
      },
    });
    this.view = {
      snapshot: this.player.snapshot(),
      currentSeconds: 0,
      durationSeconds: 0,
      bufferedEndSeconds: 0,
      liveDistanceSeconds: undefined,
      log: [],
      buffer: [],
      outage: undefined,
      trouble: undefined,
    };
    const { player } = this;
    player.addEventListener("failover", ({ detail }) =>
      this.#record({ kind: "failover", event: detail }),
    );
    player.addEventListener("failback", ({ detail }) =>
      this.#record({ kind: "failback", event: detail }),
    );
    player.addEventListener("resume", ({ detail }) =>
      this.#record({ kind: "resume", event: detail }),
    );
    player.addEventListener("degraded", ({ detail }) => {
      this.view = { ...this.view, outage: outageOf(detail) };
      this.#record({ kind: "degraded", event: detail });
    });
    player.addEventListener("error", ({ detail }) => this.#noteTrouble(detail.code));
    video.addEventListener("playing", () => this.#noteTrouble(undefined));
  }

  tick(nowMs: number): void {
    const snapshot = this.player.snapshot();
    const { currentTime, duration } = this.#video;
    this.view = {
      ...this.view,
      snapshot,
      currentSeconds: currentTime,
      durationSeconds: Number.isFinite(duration) ? duration : 0,
      bufferedEndSeconds: bufferedEnd(this.#video),
      liveDistanceSeconds: this.player.hls.targetLatency ?? undefined,
      log: noteBuffer(this.view.log, snapshot.bufferSeconds, nowMs),
      // Before the first frame the buffer is empty by nature, which is no low point.
      buffer:
        currentTime > 0
          ? sampleBuffer(this.view.buffer, snapshot.bufferSeconds, nowMs)
          : this.view.buffer,
    };
  }

  /** Tells what has begun and ended since the last look. */
  noteFaults(look: FaultLook | undefined, nowMs: number): void {
    if (look === undefined || look === this.#faults) return;
    const stories = tellFaults(this.#faults, look);
    this.#faults = look;
    if (stories.length === 0) return;
    this.view = { ...this.view, log: recordFaults(this.view.log, stories, nowMs) };
  }

  close(): void {
    this.player.destroy();
  }

  #noteTrouble(trouble: WatchView["trouble"]): void {
    this.view = { ...this.view, trouble };
    this.#changed();
  }

  #record(heard: HeardEvent): void {
    this.view = { ...this.view, log: recordEvent(this.view.log, heard, performance.now()) };
    this.#changed();
  }
}

/** The player's own clock is not ours: the outage is timed from when the page heard of it. */
function outageOf(event: DegradedEvent): Outage | undefined {
  if (event.state === "recovered") return undefined;
  return { sinceMs: performance.now(), tried: event.tried };
}

/** Where the buffered stretch under the playhead ends. */
function bufferedEnd({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) - 0.3 <= currentTime && currentTime <= buffered.end(index)) {
      return buffered.end(index);
    }
  }
  return currentTime;
}
