/**
 * Reports one playback: what it hears of attempts and of the play becomes CMCD for every target, and
 * steering is a target as soon as a playlist of ours has named it.
 *
 * What is worth telling is decided in `core/reports/`; here is who is told, and what all events have.
 */
import { reportUriOf } from "../../steering/contract/player-reports.ts";
import type {
  ReportOptions,
  ReportTargetOptions,
  ReportTargetSnapshot,
} from "../contract/report-options.ts";
import { type EndedAttempt, hasFailed, OBJECT_TYPES } from "../core/reports/ended-attempt.ts";
import {
  accountAttempt,
  accountChange,
  openAccount,
  PATHWAY_KEY,
  type PlayAccount,
  type PlayChange,
  standingKeys,
} from "../core/reports/play-account.ts";
import { type CmcdData, withCmcdQuery, writeCmcdHeaders } from "../core/reports/write-cmcd.ts";
import type { Labelled, RequestSubject } from "../transport/ended-attempt.ts";
import { ReportTarget, type ReportTargetShell } from "./report-target.ts";

/** What is so at this moment, as the media element and hls.js have it. */
export type PlayFacts = {
  readonly bufferMs: number;
  readonly positionMs: number;
  readonly rate: number;
  readonly throughputBitsPerSecond: number | undefined;
  /** Undefined for what has an end. */
  readonly live: { readonly latencyMs: number } | undefined;
};

export type ReporterOptions = ReportTargetShell & {
  readonly reports: ReportOptions;
  readonly facts: () => PlayFacts;
  /** Where steering is asked next, while there is any. */
  readonly steeringUri: () => string | undefined;
};

/** What steering reads, and no more than that. */
const FOR_STEERING: Omit<ReportTargetOptions, "url"> = {
  events: ["rr", "ps"],
  everySeconds: 0,
  includeKeys: [PATHWAY_KEY, "br", "bsd", "cdn", "d", "ot", "rc", "sid", "sn", "ttfb", "ttlb"],
};

export class Reporter {
  readonly #options: ReporterOptions;
  readonly #targets: ReportTarget[];
  readonly #sessionId: string;
  #steering: ReportTarget | undefined;
  #account: PlayAccount;
  /** Of request mode: how many have been sent, and what they have told. */
  #requests = { count: 0, stalls: 0, hasToldDelay: false };

  constructor(options: ReporterOptions) {
    const { reports, random, now } = options;
    this.#options = options;
    this.#sessionId = reports.sessionId ?? drawSessionId(random);
    this.#targets = (reports.targets ?? []).map((target) => new ReportTarget(target, options));
    this.#account = openAccount(now());
  }

  get snapshot(): readonly ReportTargetSnapshot[] {
    return this.#targets.map((target) => target.snapshot);
  }

  /** What a request is to carry, if the page wishes it to carry anything. */
  label(request: Labelled, about: RequestSubject): Labelled {
    const { requests = "off" } = this.#options.reports;
    if (requests === "off") return request;
    const keys = this.#requestKeys(about);
    const { url, headers } = request;
    return requests === "query"
      ? { url: withCmcdQuery(url, keys), headers }
      : { url, headers: { ...headers, ...writeCmcdHeaders(keys) } };
  }

  noteAttempt(ended: EndedAttempt): void {
    const { now, wallNow } = this.#options;
    const { account, events } = accountAttempt(this.#account, ended);
    this.#account = account;
    for (const event of events) {
      const isResponse = event["e"] === "rr";
      const agoMs = isResponse ? now() - ended.startedMs : 0;
      this.#tell(event, { ts: wallNow() - agoMs, isUrgent: isResponse && hasFailed(ended) });
    }
  }

  note(change: PlayChange): void {
    const { now, wallNow, facts, policy } = this.#options;
    if (change.kind === "waiting" && facts().bufferMs >= policy.stallBufferMs) return;
    const { account, events } = accountChange(this.#account, change, now());
    this.#account = account;
    const isUrgent = account.state === "r" || change.kind === "error";
    for (const event of events) {
      this.#tell({ ...this.#factKeys(), ...event }, { ts: wallNow(), isUrgent });
    }
  }

  tick(nowMs: number): void {
    this.#followSteering();
    for (const target of this.#targets) {
      if (target.isIntervalOver(nowMs)) target.offer(this.#intervalEvent(), false);
      target.tick(nowMs);
    }
  }

  /** The page may not come back: nothing need be collected any longer. */
  hasten(): void {
    for (const target of this.#targets) target.hasten(this.#options.now());
  }

  close(): void {
    this.note({ kind: "quit" });
    for (const target of this.#targets) target.close();
  }

  #followSteering(): void {
    const steeringUri = this.#options.steeringUri();
    if (this.#options.reports.steering === false || steeringUri === undefined) return;
    const url = reportUriOf(steeringUri);
    if (url === undefined) return;
    if (this.#steering === undefined) {
      this.#steering = new ReportTarget({ url, ...FOR_STEERING }, this.#options);
      this.#targets.push(this.#steering);
    }
    this.#steering.url = url;
  }

  #tell(
    event: CmcdData,
    { ts, isUrgent }: { readonly ts: number; readonly isUrgent: boolean },
  ): void {
    // The first attempts of a play come sooner than the first tick after its playlist.
    this.#followSteering();
    const whole = { ...event, ...this.#sessionKeys(), ts: Math.round(ts) };
    for (const target of this.#targets) target.offer(whole, isUrgent);
  }

  #intervalEvent(): CmcdData {
    const keys = { ...standingKeys(this.#account), ...this.#factKeys(), ...this.#sessionKeys() };
    return { ...keys, e: "t", ts: Math.round(this.#options.wallNow()) };
  }

  #sessionKeys(): CmcdData {
    const { reports, facts } = this.#options;
    const st = facts().live === undefined ? "v" : "l";
    return { sid: this.#sessionId, cid: reports.contentId?.slice(0, 128), sf: "h", st, v: 2 };
  }

  #factKeys(): CmcdData {
    const { bufferMs, positionMs, rate, throughputBitsPerSecond, live } = this.#options.facts();
    return {
      bl: [toHundreds(bufferMs)],
      mtp:
        throughputBitsPerSecond === undefined
          ? undefined
          : [toHundreds(throughputBitsPerSecond / 1_000)],
      pr: rate === 1 ? undefined : rate,
      // Of a live stream it would have to be the time of day that is on the screen.
      pt: live === undefined ? Math.round(positionMs) : undefined,
      ltc: live === undefined ? undefined : Math.round(live.latencyMs),
    };
  }

  #requestKeys({ kind, pathway, durationMs }: RequestSubject): CmcdData {
    const { state, stalls, startDelayMs } = this.#account;
    const { bl, mtp, pr, ltc } = this.#factKeys();
    const { count, stalls: toldStalls, hasToldDelay } = this.#requests;
    this.#requests = {
      count: count + 1,
      stalls,
      hasToldDelay: hasToldDelay || startDelayMs !== undefined,
    };
    return {
      ...this.#sessionKeys(),
      bl,
      mtp,
      pr,
      ltc,
      bs: stalls > toldStalls ? true : undefined,
      cdn: kind === "multivariant-playlist" ? undefined : pathway,
      d: durationMs === undefined ? undefined : Math.round(durationMs),
      msd: hasToldDelay ? undefined : startDelayMs,
      ot: OBJECT_TYPES[kind],
      sn: count,
      sta: state,
      su: ["s", "k", "r"].includes(state) ? true : undefined,
    };
  }
}

/** Rounded, so that fewer viewers can be told apart by it. */
function toHundreds(value: number): number {
  return Math.round(value / 100) * 100;
}

/** In the form of a UUID (CTA-5004-B, `sid`). It names a playback, and nobody. */
function drawSessionId(random: () => number): string {
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", () =>
    Math.floor(random() * 16).toString(16),
  );
}
