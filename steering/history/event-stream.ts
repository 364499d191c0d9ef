/**
 * The events as a stream for one listener (SSE): what it has missed, then what happens.
 *
 * It keeps no queue: a listener that is slow is read for from the history once it takes more, so it
 * costs a place in the history and one buffer of bounded size. One that takes nothing from one
 * heartbeat to the next is ended; it comes back with the id of the last event that it got.
 */
import { Readable } from "node:stream";
import type { FleetEvent } from "../contract/fleet-event.ts";
import { eventFrame, HEARTBEAT_FRAME, openingFrame } from "../core/history/event-frame.ts";
import type { EventCursor } from "../core/history/read-moment.ts";
import type { History } from "./open-history.ts";

export type EventStreamOptions = {
  readonly history: History;
  /** Undefined begins with what happens next. */
  readonly since: EventCursor | undefined;
  readonly reconnectMs: number;
};

const PAGE = 100;
const BUFFER_BYTES = 16 * 1024;

export class EventStream extends Readable {
  readonly #history: History;
  readonly #stopListening: () => void;
  /** Of the last event that was handed over. */
  #lastId: number;
  /** All that has happened was handed over, and the listener would take more. */
  #isWaiting = false;
  #tookSinceHeartbeat = true;

  constructor({ history, since, reconnectMs }: EventStreamOptions) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#history = history;
    this.#lastId = idBefore(history, since);
    this.#stopListening = history.onEvent((event) => this.#tell(event));
    this.push(openingFrame(reconnectMs));
  }

  override _read(): void {
    this.#tookSinceHeartbeat = true;
    const page = this.#nextPage();
    this.#isWaiting = page.length === 0;
    const last = page.at(-1);
    if (last === undefined) return;
    this.#lastId = last.id;
    this.push(page.map(frameOf).join(""));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#stopListening();
    callback(error);
  }

  heartbeat(): void {
    if (this.#isWaiting) this.#handOver(HEARTBEAT_FRAME);
    else if (!this.#tookSinceHeartbeat) this.destroy();
    this.#tookSinceHeartbeat = false;
  }

  /** In order if the listener takes what it gets, else at once. */
  end(): void {
    if (this.#isWaiting) this.push(null);
    else this.destroy();
  }

  #tell(event: FleetEvent): void {
    if (!this.#isWaiting) return;
    this.#lastId = event.id;
    this.#handOver(frameOf(event));
  }

  #handOver(frame: string): void {
    this.#isWaiting = false;
    this.push(frame);
  }

  #nextPage(): readonly FleetEvent[] {
    if (this.#lastId === this.#history.newestEventId()) return [];
    return this.#history.eventsAfter(this.#lastId, PAGE);
  }
}

/** Written once for all listeners. */
const frames = new WeakMap<FleetEvent, string>();

function frameOf(event: FleetEvent): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const frame = eventFrame(event);
  frames.set(event, frame);
  return frame;
}

/** An id that was never given out comes from another history: all that is known is new to it. */
function idBefore(history: History, since: EventCursor | undefined): number {
  const newestId = history.newestEventId();
  if (since === undefined) return newestId;
  if (since.kind === "after-event") return since.id > newestId ? 0 : since.id;
  const [first] = history.events({ since, untilMs: Number.MAX_SAFE_INTEGER, limit: 1 }).events;
  return first === undefined ? newestId : first.id - 1;
}
