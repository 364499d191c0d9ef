/**
 * One play of an hls.js instance on the failover loader, as the page sees it: events and a snapshot.
 *
 * hls.js says what is shown, the session what was loaded from where; this puts the two together.
 */
import { Events, type default as Hls } from "hls.js";
import type { PlayerEvents, PlayerSnapshot, ServedSpan } from "../contract/player-events.ts";
import type { ReportOptions } from "../contract/report-options.ts";
import { laySpan } from "../core/play/served-spans.ts";
import type { PlayFacts, Reporter } from "../report/reporter.ts";
import type { FragmentDelivery, LoaderSession } from "./loader-session.ts";
import { MediaRescue, type RescuedVideo } from "./media-rescue.ts";
import { PlayerEventTarget, tell } from "./player-event-target.ts";
import { RenditionGuard } from "./rendition-guard.ts";

export type AttachOptions = {
  /** Dispatches the events, in place of the playback. */
  readonly target?: Pick<EventTarget, "dispatchEvent">;
  /**
   * The video that hls.js plays on: errors of the media are mended too, by fetching elsewhere what could not
   * be decoded, and what cannot be mended is told as `error`. A page that leaves it out does so itself.
   */
  readonly rescue?: RescuedVideo;
  /** What is reported of this playback, and to whom; false is nothing at all. */
  readonly reports?: ReportOptions | false;
};

export class FailoverPlayback extends PlayerEventTarget {
  readonly #hls: Hls;
  readonly #session: LoaderSession;
  #served: readonly ServedSpan[] = [];

  constructor(hls: Hls, session: LoaderSession, options: AttachOptions = {}) {
    super();
    const { target, rescue, reports = {} } = options;
    this.#hls = hls;
    this.#session = session;
    session.follow(hls);
    if (reports !== false) void this.#report(reports);
    session.emit = (name, detail) => {
      noteError(session.reporter, name, detail);
      tell(target ?? this, name, detail);
    };
    hls.on(Events.MANIFEST_LOADING, () => {
      this.#served = [];
    });
    hls.on(Events.FRAG_BUFFERED, (_, { frag }) => {
      const delivery = session.deliveries.get(frag);
      if (frag.type === "main" && delivery !== undefined) this.#noteServed(frag, delivery);
    });
    const { policy } = session;
    const guard = new RenditionGuard({ hls, policy, bufferSeconds: () => session.bufferSeconds() });
    session.onTick = (nowMs) => guard.tick(nowMs);
    if (rescue !== undefined) this.#rescue(rescue);
  }

  /** After hls.js has been destroyed: the last one. */
  snapshot(): PlayerSnapshot {
    const level = this.#hls.levels[this.#hls.currentLevel];
    const isLive = this.#hls.latestLevelDetails?.live === true;
    return {
      ...this.#session.transport.snapshot(),
      bufferSeconds: this.#session.bufferSeconds(),
      rendition: level && { height: level.height, bitsPerSecond: level.bitrate },
      live: isLive ? { latencySeconds: this.#hls.latency } : undefined,
      served: this.#served,
      reports: this.#session.reporter?.snapshot ?? [],
    };
  }

  async #report(reports: ReportOptions): Promise<void> {
    const loaded = await loadReporting();
    if (loaded === undefined) return;
    this.#session.report((world) =>
      loaded.startReporting(this.#hls, { ...world, reports, facts: () => this.#facts() }),
    );
  }

  #facts(): PlayFacts {
    const { media, latency, bandwidthEstimate, latestLevelDetails } = this.#hls;
    return {
      bufferMs: this.#session.bufferSeconds() * 1_000,
      positionMs: (media?.currentTime ?? 0) * 1_000,
      rate: media?.playbackRate ?? 1,
      // What hls.js takes for granted before it has measured anything says nothing of a host.
      throughputBitsPerSecond: this.#served.length === 0 ? undefined : bandwidthEstimate,
      live: latestLevelDetails?.live === true ? { latencyMs: latency * 1_000 } : undefined,
    };
  }

  #rescue(video: RescuedVideo): void {
    const session = this.#session;
    new MediaRescue({
      hls: this.#hls,
      video,
      // Another title is another transport.
      transport: { reject: (asked, pathway) => session.transport.reject(asked, pathway) },
      deliveries: session.deliveries,
      policy: session.policy,
      now: session.now,
      tell: (error) => session.emit("error", error),
    });
  }

  #noteServed(
    { start, end }: { readonly start: number; readonly end: number },
    { pathway, begunOn }: FragmentDelivery,
  ): void {
    this.#served = laySpan(this.#served, {
      startSeconds: start,
      endSeconds: end,
      pathway: begunOn ?? pathway,
      resumedOn: begunOn === undefined ? undefined : pathway,
    });
  }
}

/** What ends a play is an error, and so is that nobody can be reached, which ends nothing. */
function noteError<Name extends keyof PlayerEvents>(
  reporter: Reporter | undefined,
  name: Name,
  detail: PlayerEvents[Name],
): void {
  const isFatal = name === "error";
  if ("code" in detail) reporter?.note({ kind: "error", code: detail.code, isFatal });
  else if ("state" in detail && detail.state === "unreachable") {
    reporter?.note({ kind: "error", code: "UNREACHABLE", isFatal });
  }
}

/** A file of its own, which no picture waits for. Where it cannot be had, the play goes on unreported. */
async function loadReporting() {
  try {
    return await import("../report/start-reporting.ts");
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
