/**
 * Gets hls.js going again after an error of the media: what could not be decoded is rejected, so that it
 * comes from another pathway, and what exists nowhere is passed over like a gap.
 *
 * hls.js restarts the decoder by itself a few times, and loads the same URLs again; so a segment is
 * rejected at the first sign, and not when hls.js has given up. A decoder that fails while nothing is
 * being appended leaves hls.js waiting with a full buffer: the video's own error is heard as well.
 */
import type Hls from "hls.js";
import { type ErrorData, ErrorDetails, ErrorTypes, Events, type Fragment } from "hls.js";
import type { PlayerEvents } from "../contract/player-events.ts";
import type { FailoverPolicy } from "../contract/player-options.ts";
import { bodyName } from "../core/body/listed-bodies.ts";
import {
  type BufferedSegment,
  type FatalError,
  judgeFatalError,
  suspectsAt,
} from "../core/play/media-recovery.ts";
import type { FailoverTransport } from "../transport/failover-transport.ts";
import type { Named } from "../transport/known-pathways.ts";
import type { FragmentDelivery } from "./loader-session.ts";

export type RescuedVideo = Pick<
  HTMLVideoElement,
  "error" | "currentTime" | "paused" | "play" | "addEventListener"
>;

export type MediaRescueOptions = {
  readonly hls: Pick<Hls, "on" | "once" | "recoverMediaError" | "startLoad" | "stopLoad">;
  readonly video: RescuedVideo;
  readonly transport: Pick<FailoverTransport, "reject">;
  readonly deliveries: WeakMap<object, FragmentDelivery>;
  readonly policy: FailoverPolicy;
  readonly now: () => number;
  readonly tell: (error: PlayerEvents["error"]) => void;
};

type MediaTrouble = Pick<ErrorData, "type" | "details" | "fatal" | "error" | "frag" | "response">;
type Buffered = BufferedSegment & { readonly frag: Fragment };

/** Errors that speak against a segment's bytes. */
const BYTES_AT_FAULT: readonly ErrorDetails[] = [
  ErrorDetails.FRAG_PARSING_ERROR,
  ErrorDetails.FRAG_DECRYPT_ERROR,
  ErrorDetails.BUFFER_APPEND_ERROR,
  ErrorDetails.MEDIA_SOURCE_REQUIRES_RESET,
];
/** `MediaError.MEDIA_ERR_DECODE` */
const DECODE_ERROR = 3;
/** Segments that are remembered: the buffer's, in picture and sound. */
const MOST_BUFFERED = 200;
/** So near to a segment, playback cannot go on before it. */
const AT_SEGMENT_SECONDS = 0.5;

export class MediaRescue {
  readonly #options: MediaRescueOptions;
  #buffered: readonly Buffered[] = [];
  readonly #closing = new AbortController();
  #recoveredAtMs: readonly number[] = [];
  /** What the viewer wants: an error pauses the video, and so does loading it anew. */
  #isPlaying: boolean;

  constructor(options: MediaRescueOptions) {
    this.#options = options;
    this.#isPlaying = !options.video.paused;
    const { signal } = this.#closing;
    options.video.addEventListener("play", () => this.#notePlaying(true), { signal });
    options.video.addEventListener("pause", () => this.#notePlaying(false), { signal });
    options.video.addEventListener("error", () => this.#handleVideoError(), { signal });
    options.hls.on(Events.DESTROYING, () => this.#closing.abort());
    options.hls.on(Events.FRAG_BUFFERED, (_, { frag }) => this.#noteBuffered(frag));
    options.hls.on(Events.ERROR, (_, error) => this.#handle(error));
  }

  #notePlaying(isPlaying: boolean): void {
    if (this.#options.video.error === null) this.#isPlaying = isPlaying;
  }

  #handleVideoError(): void {
    const { error } = this.#options.video;
    if (error?.code !== DECODE_ERROR) return;
    this.#handle({
      type: ErrorTypes.MEDIA_ERROR,
      details: ErrorDetails.MEDIA_SOURCE_REQUIRES_RESET,
      fatal: true,
      error: new Error(error.message),
    });
  }

  #noteBuffered(frag: Fragment): void {
    const { start: startSeconds, end: endSeconds } = frag;
    const name = nameOf(frag);
    const others = this.#buffered.filter((known) => known.name !== name);
    this.#buffered = [...others, { name, startSeconds, endSeconds, frag }].slice(-MOST_BUFFERED);
  }

  #handle(error: MediaTrouble): void {
    const { policy, now, tell } = this.#options;
    const suspects = this.#suspectsOf(error);
    const isLeft = suspects.map((frag) => this.#reject(frag));
    if (!error.fatal) return;
    const nowMs = now();
    const frags =
      suspects.length > 0 ? suspects : [error.frag].filter((frag) => frag !== undefined);
    const decision = judgeFatalError(
      {
        kind: kindOf(error),
        recoveredAtMs: this.#recoveredAtMs,
        hasElsewhere: isLeft.length > 0 && isLeft.every(Boolean),
        knowsSegment: frags.length > 0,
      },
      policy,
      nowMs,
    );
    switch (decision) {
      case "skip":
        this.#start(error, nowMs, this.#passOver(frags, kindOf(error)));
        return;
      case "recover":
        this.#start(error, nowMs);
        return;
      case "tell-no-source":
        tell({ code: "NO_SUCH_SOURCE", status: error.response?.code ?? 0 });
        return;
      case "tell-media-error":
        tell({ code: "MEDIA_ERROR", message: `${error.details}: ${error.error.message}` });
    }
  }

  /** A decoder fails at the picture, whatever is being appended at that moment. */
  #suspectsOf({ details, frag }: MediaTrouble): readonly Fragment[] {
    if (!BYTES_AT_FAULT.includes(details)) return [];
    const { error, currentTime } = this.#options.video;
    if (error?.code === DECODE_ERROR) {
      return suspectsAt(this.#buffered, currentTime).map((suspect) => suspect.frag);
    }
    return frag === undefined ? [] : [frag];
  }

  /** False if no pathway is left to ask. */
  #reject(frag: Fragment): boolean {
    const delivery = this.#options.deliveries.get(frag);
    // Not asked again since it was rejected: the same error told twice.
    this.#options.deliveries.delete(frag);
    if (delivery === undefined) return true;
    return this.#options.transport.reject(askedFor(frag), delivery.pathway);
  }

  /**
   * Where to go on, if not at the picture. What has not been reached yet becomes a gap, as if its playlist
   * had said so: hls.js passes gaps over once it comes to them, but cannot begin with one.
   */
  #passOver(frags: readonly Fragment[], kind: FatalError["kind"]): number | undefined {
    const { video } = this.#options;
    const isReached = ({ start }: Fragment) => start - AT_SEGMENT_SECONDS <= video.currentTime;
    if (kind === "media" || frags.some(isReached)) return Math.max(...frags.map(({ end }) => end));
    for (const frag of frags) {
      frag.gap = true;
      frag.tagList.push(["GAP"]);
    }
    return undefined;
  }

  #start(error: MediaTrouble, nowMs: number, fromSeconds?: number): void {
    const { hls, policy, video } = this.#options;
    const wasPlaying = this.#isPlaying;
    this.#recoveredAtMs = [...this.#recoveredAtMs, nowMs].slice(-policy.mediaRecoveries);
    const goOn = () => {
      if (fromSeconds !== undefined) video.currentTime = fromSeconds;
      hls.startLoad(fromSeconds);
    };
    if (kindOf(error) === "media") {
      hls.recoverMediaError();
      if (fromSeconds !== undefined) {
        // It goes on from where the picture was, and until the video is attached nothing else counts.
        hls.stopLoad();
        hls.once(Events.MEDIA_ATTACHED, goOn);
      }
    } else goOn();
    // Refused where the browser wants a click first, and then the page shows its button.
    if (wasPlaying) void video.play().catch(() => undefined);
  }
}

/** hls.js' range ends before its second number. */
function askedFor({ url, byteRange }: Fragment): Named {
  const [first, end] = byteRange;
  if (first === undefined || end === undefined) return { url, range: undefined };
  return { url, range: { first, last: end - 1 } };
}

function nameOf(frag: Fragment): string {
  const { url, range } = askedFor(frag);
  return bodyName(url, range);
}

function kindOf({ details, type }: MediaTrouble): FatalError["kind"] {
  if (details === ErrorDetails.MANIFEST_LOAD_ERROR) return "no-source";
  if (details === ErrorDetails.FRAG_LOAD_ERROR) return "missing";
  return type === ErrorTypes.MEDIA_ERROR ? "media" : "other";
}
