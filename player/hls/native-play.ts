/**
 * Plays without hls.js where that cannot play: browsers without Media Source Extensions (iPhones before iOS 17.1)
 * play HLS by themselves, or not at all.
 *
 * What the browser loads passes by the transport: nothing fails over in mid-play and nothing is reported. A steering
 * service that the playlist names is followed by the browser itself.
 */
import type { PlayerErrorEvent } from "../contract/player-events.ts";

export type NativeVideo = Pick<
  HTMLVideoElement,
  | "addEventListener"
  | "canPlayType"
  | "error"
  | "load"
  | "readyState"
  | "removeAttribute"
  | "removeEventListener"
  | "src"
>;

/** @returns ends it, and leaves the video to the next. */
export function playNatively(
  video: NativeVideo,
  sources: readonly string[],
  tell: (error: PlayerErrorEvent) => void,
): () => void {
  if (video.canPlayType("application/vnd.apple.mpegurl") === "") {
    // The page has no listener before it has got the player.
    const timer = setTimeout(() => tell({ code: "UNSUPPORTED_BROWSER" }));
    return () => clearTimeout(timer);
  }
  const [first = "", ...others] = sources;
  const handleError = () => {
    // Once it has been opened, another place would begin it anew.
    const next = video.readyState === 0 && others.shift();
    if (next) video.src = next;
    else tell({ code: "MEDIA_ERROR", message: `native: ${video.error?.message}` });
  };
  video.addEventListener("error", handleError);
  video.src = first;
  return () => {
    video.removeEventListener("error", handleError);
    video.removeAttribute("src");
    video.load();
  };
}
