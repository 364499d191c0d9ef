/**
 * Asks the steering server when the course says so, and tells the transport each new order.
 *
 * The decisions are in `core/place/steering-course.ts`; here is only the fetching, bounded in time and size.
 */
import {
  observeSteering,
  type SteeringAnswer,
  type SteeringCourse,
  startSteering,
  steeringQuestion,
} from "../core/place/steering-course.ts";
import { readRetryAfterMs } from "./retry-after.ts";

export type SteeringClientOptions = {
  readonly serverUri: string;
  readonly order: readonly string[];
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly current: () => string | undefined;
  readonly throughputBitsPerSecond: () => number | undefined;
  readonly onCourse: (course: SteeringCourse) => void;
};

const ANSWER_LIMIT_MS = 5_000;
const MAX_MANIFEST_BYTES = 256 * 1024;

export class SteeringClient {
  readonly #options: SteeringClientOptions;
  #course: SteeringCourse;
  #question: { readonly startedMs: number; readonly controller: AbortController } | undefined;

  constructor(options: SteeringClientOptions) {
    this.#options = options;
    this.#course = startSteering(options.serverUri, options.order, options.now());
  }

  get course(): SteeringCourse {
    return this.#course;
  }

  /** The manifest lists these from now on. */
  list(ids: readonly string[]): void {
    const order = [...new Set([...this.#course.order, ...ids])];
    this.#course = { ...this.#course, listed: ids, order };
  }

  tick(nowMs: number): void {
    if (this.#question !== undefined) {
      if (nowMs - this.#question.startedMs >= ANSWER_LIMIT_MS) this.#question.controller.abort();
      return;
    }
    if (nowMs >= this.#course.nextLoadMs) void this.#ask(nowMs);
  }

  close(): void {
    this.#course = { ...this.#course, nextLoadMs: Number.POSITIVE_INFINITY };
    this.#question?.controller.abort();
  }

  async #ask(nowMs: number): Promise<void> {
    const { now, random, current, throughputBitsPerSecond, onCourse } = this.#options;
    const controller = new AbortController();
    this.#question = { startedMs: nowMs, controller };
    const url = steeringQuestion(this.#course, current(), throughputBitsPerSecond());
    const answer = await this.#answerTo(url, controller.signal);
    this.#question = undefined;
    if (this.#course.nextLoadMs === Number.POSITIVE_INFINITY) return;
    this.#course = observeSteering(this.#course, answer, { nowMs: now(), random });
    onCourse(this.#course);
  }

  async #answerTo(url: string, signal: AbortSignal): Promise<SteeringAnswer> {
    try {
      const response = await this.#options.fetch(url, { signal, cache: "no-store" });
      const text = await textOf(response, signal);
      if (signal.aborted) return { kind: "no-answer" };
      const retryAfterMs = readRetryAfterMs(
        response.headers.get("retry-after"),
        this.#options.wallNow(),
      );
      return {
        kind: "answer",
        status: response.status,
        url: response.url === "" ? url : response.url,
        retryAfterSeconds: retryAfterMs === undefined ? undefined : retryAfterMs / 1_000,
        body: text === undefined ? undefined : parseJson(text),
      };
    } catch {
      // Whatever the page's own `fetch` failed of: steering is asked again, and the play goes on.
      return { kind: "no-answer" };
    }
  }
}

/** Undefined for more than a manifest can be: the rest is not waited for. */
async function textOf(response: Response, signal: AbortSignal): Promise<string | undefined> {
  const reader = response.body?.getReader();
  // One that a service worker made up does not end with the request; one that does has nothing to cancel.
  signal.addEventListener("abort", () => reader?.cancel().catch(() => undefined));
  const decoder = new TextDecoder();
  let sizeBytes = 0;
  let text = "";
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
    sizeBytes += piece.value.length;
    text += decoder.decode(piece.value, { stream: true });
    if (sizeBytes <= MAX_MANIFEST_BYTES) continue;
    await reader?.cancel();
    return undefined;
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
