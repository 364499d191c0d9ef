/**
 * What a source has under a path that viewers open: an HLS multivariant playlist or a DASH MPD, read
 * once and ready to be written for any viewer.
 */
import {
  type MultivariantPlaylist,
  readMultivariantPlaylist,
} from "../../../kernel/multivariant-playlist.ts";
import { isPlaylist } from "../../../kernel/playlist-lines.ts";
import { type DashManifest, readDashManifest } from "../dash/dash-manifest.ts";
import { type CloneTemplate, readCloneTemplate } from "../hls/pathway-clones.ts";
import { locateUri } from "./locate-uri.ts";

export type Presentation =
  | {
      readonly kind: "hls";
      readonly playlist: MultivariantPlaylist;
      /** Undefined where no running session can be offered clones of it. */
      readonly cloneTemplate: CloneTemplate | undefined;
    }
  | { readonly kind: "dash"; readonly manifest: DashManifest };

/** Whether it goes on, and what was read of it is old in a moment. */
export function isLive(presentation: Presentation): boolean {
  return presentation.kind === "dash" && presentation.manifest.isDynamic;
}

/** A path of another ending cannot be played. */
export function presentationKindOf(path: string): Presentation["kind"] | undefined {
  if (path.endsWith(".m3u8")) return "hls";
  return path.endsWith(".mpd") ? "dash" : undefined;
}

/** Undefined for text that is not what its path says. `url` is where it lies on the source. */
export function readPresentation(text: string, url: string): Presentation | undefined {
  if (presentationKindOf(url) === "dash") {
    const reading = readDashManifest(text, url);
    return reading.ok ? { kind: "dash", manifest: reading.manifest } : undefined;
  }
  const playlist = isPlaylist(text) ? readMultivariantPlaylist(text) : undefined;
  if (playlist === undefined) return undefined;
  const cloneTemplate = readCloneTemplate(playlist, (uri) => locateUri(uri, url));
  return { kind: "hls", playlist, cloneTemplate };
}
