/** Hears from hls.js, its media element and the page what reports are about, and when the page goes. */
import { Events, type default as Hls } from "hls.js";
import type { PlayChange } from "../core/reports/play-account.ts";
import type { Reporter } from "./reporter.ts";

/** Of `readyState`: it can play on from here. */
const HAVE_FUTURE_DATA = 3;
const SAME_NAME = ["playing", "waiting", "seeking", "ended"] as const;

/** From when the media element is attached until hls.js is destroyed. */
export function watchMedia(
  hls: Pick<Hls, "on" | "once" | "media" | "levels" | "loadLevel">,
  reporter: Pick<Reporter, "note" | "hasten" | "close">,
): void {
  let watching = new AbortController();
  const watch = (media: HTMLMediaElement | null | undefined) => {
    watching.abort();
    watching = new AbortController();
    if (media != null) watchElement(media, reporter, watching.signal);
  };
  const noteBitrate = ({ bitrate }: { readonly bitrate: number }) =>
    reporter.note({ kind: "bitrate", bitrateKbps: Math.round(bitrate / 1_000) });
  hls.on(Events.MEDIA_ATTACHING, (_, { media }) => watch(media));
  hls.on(Events.LEVEL_SWITCHING, (_, level) => noteBitrate(level));
  const level = hls.levels[hls.loadLevel];
  if (level !== undefined) noteBitrate(level);
  watch(hls.media);
  hls.once(Events.DESTROYING, () => watching.abort());
}

function watchElement(
  video: HTMLMediaElement,
  reporter: Pick<Reporter, "note" | "hasten" | "close">,
  signal: AbortSignal,
): void {
  const page = video.ownerDocument;
  const note = (change: PlayChange) => reporter.note(change);
  const on = (target: EventTarget | null, name: string, hear: (event: Event) => void) =>
    target?.addEventListener(name, hear, { signal });

  if (video.autoplay || !video.paused) note({ kind: "told-to-play" });
  if (!video.paused && video.readyState >= HAVE_FUTURE_DATA) note({ kind: "playing" });
  on(video, "play", () => note({ kind: "told-to-play" }));
  for (const kind of SAME_NAME) on(video, kind, () => note({ kind }));
  // What has ended is paused too, and a seek within a pause ends in it.
  on(video, "pause", () => video.ended || note({ kind: "paused" }));
  on(video, "seeked", () => video.paused && note({ kind: "paused" }));
  on(video, "ratechange", () => note({ kind: "rate", rate: video.playbackRate }));

  on(page, "visibilitychange", () => {
    note({ kind: "hidden", isHidden: page.hidden });
    if (page.hidden) reporter.hasten();
  });
  on(page.defaultView, "pagehide", (event) => {
    // A page that is kept may be shown again, and play on.
    if ("persisted" in event && event.persisted === true) reporter.hasten();
    else reporter.close();
  });
}
