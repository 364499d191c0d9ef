/**
 * Sends reports to one target, a body at a time (two where the page may go), and never in the way of media: at low priority, and
 * going on when the page is left. What to send when, and what an answer means, is in `core/reports/`.
 */
import type {
  ReportPolicy,
  ReportTargetOptions,
  ReportTargetSnapshot,
} from "../contract/report-options.ts";
import {
  EMPTY_QUEUE,
  enqueueReport,
  hastenReports,
  lastBatch,
  observeAnswer,
  observeBeside,
  type ReportAnswer,
  type ReportQueue,
  takeBatch,
  takeBeside,
} from "../core/reports/report-queue.ts";
import { type CmcdData, writeCmcd } from "../core/reports/write-cmcd.ts";
import { readRetryAfterMs } from "../transport/retry-after.ts";

export type ReportTargetShell = {
  readonly policy: ReportPolicy;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
};

/** Without them an event says nothing (CTA-5004-B, table 1). */
const NEEDED_KEYS = ["e", "ts", "v", "url", "ec"];
const STATE_KEYS: Readonly<Record<string, string>> = { ps: "sta", bc: "br", h: "h", pr: "pr" };
const DEFAULT_EVERY_SECONDS = 30;

type Request = { readonly sinceMs: number; readonly controller: AbortController };

export class ReportTarget {
  readonly #options: ReportTargetOptions;
  readonly #shell: ReportTargetShell;
  #queue: ReportQueue = EMPTY_QUEUE;
  #sequence = 0;
  #intervalMs: number;
  readonly #requests = new Set<Request>();
  /** Where to send to: it may change while playing, with the token in it. */
  url: string;

  constructor(options: ReportTargetOptions, shell: ReportTargetShell) {
    this.#options = options;
    this.#shell = shell;
    this.#intervalMs = shell.now();
    this.url = options.url;
  }

  get snapshot(): ReportTargetSnapshot {
    const { state, waiting, underWay, beside, sent, dropped } = this.#queue;
    const notSent = waiting.length + underWay.length + beside.length;
    return { url: this.url, state, waiting: notSent, sent, dropped };
  }

  /** @param event with everything but its number. */
  offer(event: CmcdData, isUrgent: boolean): void {
    const { events, includeKeys } = this.#options;
    const name = event["e"];
    if (events !== undefined && !events.some((wanted) => wanted === name)) return;
    const whole: CmcdData = { ...event, sn: this.#sequence };
    this.#sequence += 1;
    const kept = Object.entries(whole).filter(
      ([key]) =>
        includeKeys === undefined ||
        includeKeys.includes(key) ||
        NEEDED_KEYS.includes(key) ||
        STATE_KEYS[String(name)] === key,
    );
    const line = writeCmcd(Object.fromEntries(kept));
    const { policy, now } = this.#shell;
    this.#queue = enqueueReport(this.#queue, { line, isUrgent }, { policy, nowMs: now() });
  }

  /** Whether the next event `t` is due; asked once for each of them. */
  isIntervalOver(nowMs: number): boolean {
    const { everySeconds = DEFAULT_EVERY_SECONDS } = this.#options;
    if (everySeconds <= 0 || nowMs - this.#intervalMs < everySeconds * 1_000) return false;
    this.#intervalMs = nowMs;
    return true;
  }

  tick(nowMs: number): void {
    const { policy } = this.#shell;
    for (const { sinceMs, controller } of this.#requests) {
      if (nowMs - sinceMs >= policy.answerLimitMs) controller.abort();
    }
    const before = this.#queue;
    this.#queue = takeBatch(before, { policy, nowMs });
    if (this.#queue !== before) void this.#send(this.#queue.underWay, observeAnswer);
  }

  /** The page may not come back. */
  hasten(nowMs: number): void {
    this.#queue = hastenReports(this.#queue, nowMs);
    this.tick(nowMs);
    const before = this.#queue;
    this.#queue = takeBeside(before, this.#shell.policy);
    if (this.#queue !== before) void this.#send(this.#queue.beside, observeBeside);
  }

  /** Nobody will be here to hear the answer. */
  close(): void {
    const lines = lastBatch(this.#queue, this.#shell.policy);
    const { waiting, sent, dropped } = this.#queue;
    this.#queue = {
      ...this.#queue,
      state: "ended",
      waiting: [],
      sent: sent + lines.length,
      dropped: dropped + waiting.length - lines.length,
    };
    if (lines.length > 0) void this.#ask(lines, new AbortController().signal);
  }

  async #send(lines: readonly string[], observe: typeof observeAnswer): Promise<void> {
    const { policy, now, random } = this.#shell;
    const controller = new AbortController();
    const request = { sinceMs: now(), controller };
    this.#requests.add(request);
    const answer = await this.#ask(lines, controller.signal);
    this.#requests.delete(request);
    if (this.#queue.state === "ended") return;
    this.#queue = observe(this.#queue, answer, { policy, nowMs: now(), random });
  }

  async #ask(lines: readonly string[], signal: AbortSignal): Promise<ReportAnswer> {
    const { fetch, wallNow } = this.#shell;
    const { authorization } = this.#options;
    try {
      const { status, headers } = await fetch(this.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/cmcd",
          ...(authorization === undefined ? {} : { Authorization: authorization }),
        },
        body: lines.join("\n"),
        credentials: "omit",
        keepalive: true,
        priority: "low",
        signal,
      });
      const retryAfterMs = readRetryAfterMs(headers.get("retry-after"), wallNow());
      return { kind: "answer", status, retryAfterMs };
    } catch (error) {
      if (error instanceof TypeError || signal.aborted) return { kind: "no-answer" };
      throw error;
    }
  }
}
