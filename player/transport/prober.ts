/**
 * Asks pathways for bytes that will be needed anyway: an avoided one to learn whether it has recovered,
 * and one of which nothing is known to learn how quick it is. One that is avoided for what it sent is asked
 * for a whole segment, which is looked at.
 *
 * Probes go out at their own pace and only with media in hand, so that looking for the primary never
 * costs the viewer a frame. A real segment is asked for, because a host that answers pings may still
 * be unable to serve one; and its pace is judged, because a host that trickles answers every probe. What
 * comes is kept, and each probe goes on where the last one ended. Where nothing more can be kept, as at a
 * live edge, a host that was bad before is knocked at first, and what comes in vain is budgeted.
 */
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import type { FailureReason } from "../contract/player-events.ts";
import { isQuickEnough, probePace } from "../core/host/judge-probe.ts";
import { hasWaited, type PathwayHealth, type ProbeReport } from "../core/host/pathway-health.ts";
import { endedProbe, type ReportHooks } from "./ended-attempt.ts";
import {
  isDoubtful,
  isText,
  type Probeable,
  ProbeErrands,
  type ProbeErrandsOptions,
  type ProbeTarget,
} from "./probe-errands.ts";
import { hasServed, isMissing, measureOf, type Probed } from "./probed.ts";

export type ProberOptions = {
  readonly targets: () => readonly ProbeTarget[];
  /** The host is being probed: it may be something else's turn. */
  readonly onProbe: (host: string) => void;
  /** Whether what came for a segment may be handed on. */
  readonly isSound: (segment: string, body: ArrayBuffer, response: Response) => Promise<boolean>;
  /** Whether its first bytes show already that it may not. */
  readonly beginsWrong: (segment: string, start: ArrayBuffer) => boolean;
  readonly onReport: (host: string, report: ProbeReport) => void;
  readonly onMeasured: (host: string, bytesPerSecond: number) => void;
  /** It failed to bring a few bytes of the segment. */
  readonly onMeasuredInVain: (host: string, reason: FailureReason, segment: string) => void;
} & ProbeErrandsOptions &
  ReportHooks;

export class Prober {
  readonly #options: ProberOptions;
  readonly #errands: ProbeErrands;
  readonly #lastProbeMs = new Map<string, number>();
  readonly #inVainMs = new Map<string, number>();
  /** Hosts that answered a knock and not what came after it. */
  readonly #failedAfterKnock = new Set<string>();

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#errands = new ProbeErrands(options);
  }

  noteDelivered(bytes: number): void {
    this.#errands.noteDelivered(bytes);
  }

  /** @param bufferMs media in hand; probes beyond the breaker's first open time do not wait for it. */
  tick(bufferMs: number, nowMs: number): void {
    const { policy, targets } = this.#options;
    this.#errands.tick(nowMs);
    for (const target of targets()) {
      const { health } = target;
      if (health.state === "well" || !isProbeable(target)) continue;
      if (this.#errands.isAsking(target.host)) continue;
      const lastMs = this.#lastProbeMs.get(target.host) ?? health.sinceMs;
      const everyMs = isQuiet(target) ? policy.quietProbeEveryMs : policy.probeEveryMs;
      const isDue = nowMs - lastMs >= everyMs;
      const isAffordable =
        bufferMs >= policy.probeBufferFloorMs || hasWaited(health, policy, nowMs);
      if (isDue && isAffordable) void this.#probe(target, nowMs);
    }
  }

  /** Whether there is something to measure the host by. */
  canMeasure(host: string): boolean {
    return this.#options.targets().some((target) => target.host === host && isMedia(target));
  }

  /** Whether it has just been asked for a few bytes and did not bring them. */
  hasMeasuredInVain(host: string): boolean {
    const { policy, now } = this.#options;
    const atMs = this.#inVainMs.get(host) ?? Number.NEGATIVE_INFINITY;
    return now() - atMs < policy.measureEveryMs;
  }

  /** Asks a host for a few bytes, to learn how quick it is. */
  measure(host: string): void {
    const target = this.#options.targets().find((one) => one.host === host && isMedia(one));
    if (target === undefined || this.#errands.isAsking(host) || !isProbeable(target)) return;
    void this.#measure(target);
  }

  close(): void {
    this.#errands.close();
  }

  async #measure(target: Probeable): Promise<void> {
    const { policy, now, onMeasured, onMeasuredInVain } = this.#options;
    const { host } = target;
    const { outcome, progress, body } = await this.#errands.ask(target, policy.measureBytes);
    if (outcome.kind === "aborted") return;
    const { receivedBytes } = body.held;
    // From the request on: a stranger gets no credit for what its first bytes are always quick with.
    const tookMs = (progress.lastByteMs ?? now()) - progress.startedMs;
    const isEnough = outcome.kind === "whole" || receivedBytes >= policy.paceSampleBytes;
    const isLinksFault = !isEnough && outcome.kind === "failed" && outcome.reason === "too-slow";
    if (!isLinksFault) {
      const probe = { outcome, progress, receivedBytes, isGood: isEnough };
      this.#options.onAttempt?.(endedProbe(target, probe));
    }
    if (isEnough) {
      onMeasured(host, (receivedBytes * 1_000) / Math.max(1, tookMs));
      return;
    }
    this.#inVainMs.set(host, now());
    // Few bytes in the whole time may be the link's fault, and what is missing may come; else it is the host's.
    if (outcome.kind === "failed" && outcome.reason !== "too-slow" && !isMissing(outcome)) {
      onMeasuredInVain(host, outcome.reason, target.segment ?? target.url);
    }
  }

  async #probe(target: Probeable, nowMs: number): Promise<void> {
    this.#lastProbeMs.set(target.host, nowMs);
    const { policy, onProbe } = this.#options;
    onProbe(target.host);
    const { health } = target;
    const { segment } = target;
    if (isText(target)) {
      await this.#readText(target);
      return;
    }
    if (isDoubtful(health) && segment !== undefined) {
      await this.#lookAt(target, segment);
      return;
    }
    if (this.#errands.isKeepable(target)) {
      this.#judge(target, await this.#errands.ask(target, policy.probeBytes), policy.probeBytes);
      return;
    }
    if (health.state === "avoided" && health.goodProbes === 0) {
      const knock = await this.#errands.ask(target, policy.knockBytes);
      const isGood =
        hasServed(knock.outcome) &&
        isQuickEnough(measureOf(knock, target.durationMs), policy.knockGraceMs, policy);
      const mayAskMore = this.#errands.affords(policy.paceSampleBytes);
      // Without the means to ask for more, a knock will do for whom more has not been asked in vain.
      const isEnough = !isGood || (!mayAskMore && !this.#failedAfterKnock.has(target.host));
      if (isEnough) this.#judge(target, knock, policy.knockBytes);
      if (!isGood || !mayAskMore) return;
    }
    const { paceSampleBytes } = policy;
    const isGood = this.#judge(
      target,
      await this.#errands.ask(target, paceSampleBytes),
      paceSampleBytes,
    );
    if (isGood) this.#failedAfterKnock.delete(target.host);
    else this.#failedAfterKnock.add(target.host);
  }

  #judge(target: Probeable, asked: Probed, askedBytes: number): boolean {
    const { policy } = this.#options;
    // Fewer bytes wait for no window to open, and get less grace.
    const graceMs = (policy.probeGraceMs * askedBytes) / policy.probeBytes;
    return this.#report(target, asked, { isGood: hasServed(asked.outcome), graceMs });
  }

  #report(
    target: Probeable,
    asked: Probed,
    { isGood, graceMs }: { readonly isGood: boolean; readonly graceMs: number },
  ): boolean {
    const { policy, now, onReport } = this.#options;
    const { outcome } = asked;
    if (outcome.kind === "aborted" || isMissing(outcome)) return true;
    const { receivedBytes } = asked.body.held;
    this.#options.onAttempt?.(endedProbe(target, { ...asked, receivedBytes, isGood }));
    const probe = measureOf(asked, target.durationMs);
    const { startedMs, firstByteMs = now() } = asked.progress;
    const ok = isGood && isQuickEnough(probe, graceMs, policy);
    onReport(target.host, {
      ok,
      firstByteMs: firstByteMs - startedMs,
      bytesPerSecond: probePace(probe, policy),
    });
    return ok;
  }

  /** The host is avoided for what it sent: its first bytes, and if they are in order the whole of it. */
  async #lookAt(target: Probeable, segment: string): Promise<void> {
    const knock = await this.#errands.ask(target, this.#options.policy.knockBytes);
    const { outcome: answer } = knock;
    const isWrong = this.#options.beginsWrong(segment, knock.body.whole());
    if (!hasServed(answer) || (answer.kind === "whole" && isWrong)) {
      this.#report(target, knock, { isGood: false, graceMs: 0 });
      return;
    }
    const asked = await this.#errands.ask(target, undefined);
    const { outcome, body } = asked;
    const isGood =
      outcome.kind === "whole" &&
      (await this.#options.isSound(segment, body.whole(), outcome.response));
    this.#report(target, asked, { isGood, graceMs: this.#options.policy.probeGraceMs });
  }

  /** All of a playlist: of a text that is compressed nevertheless, Chromium gives no part. */
  async #readText(target: Probeable): Promise<void> {
    const asked = await this.#errands.ask(target, undefined);
    const text = new TextDecoder().decode(asked.body.whole());
    const isGood = asked.outcome.kind === "whole" && (isPlaylist(text) || text.includes("<MPD"));
    this.#report(target, asked, { isGood, graceMs: this.#options.policy.probeGraceMs });
  }
}

/** It has asked for that, or each look at what it sends costs a whole segment and has been in vain. */
function isQuiet({ wantsQuiet, health }: ProbeTarget): boolean {
  return wantsQuiet || (isDoubtful(health) && !hasBeenGood(health));
}

function isProbeable(target: ProbeTarget): target is Probeable {
  return target.url !== undefined;
}

/** Of an MPD's segments it is not known how long they play, but their bytes come as quickly. */
function isMedia(target: ProbeTarget): boolean {
  return target.url !== undefined && !isText(target);
}

function hasBeenGood(health: PathwayHealth): boolean {
  return health.state === "avoided" && health.goodProbes > 0;
}
