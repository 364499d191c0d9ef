/** Writes a channel's multivariant playlist: the streams of its titles, each at the channel's own place. */
import {
  type PlaylistLine,
  quoted,
  writeAttributes,
  writePlaylistLines,
} from "../../kernel/playlist-lines.ts";
import type { ChannelProgram } from "./channel-program.ts";
import { playlistPath } from "./live-path.ts";

export function writeChannelPlaylist({ streams }: ChannelProgram): string {
  return writePlaylistLines([
    { kind: "tag", name: "EXTM3U", value: "" },
    { kind: "tag", name: "EXT-X-VERSION", value: "7" },
    { kind: "tag", name: "EXT-X-INDEPENDENT-SEGMENTS", value: "" },
    ...streams.flatMap(({ kind, id, attributes }): PlaylistLine[] => {
      const uri = playlistPath(id);
      if (kind === "rendition") {
        const placed = new Map(attributes).set("URI", quoted(uri));
        return [{ kind: "tag", name: "EXT-X-MEDIA", value: writeAttributes(placed) }];
      }
      return [
        { kind: "tag", name: "EXT-X-STREAM-INF", value: writeAttributes(attributes) },
        { kind: "uri", uri },
      ];
    }),
  ]);
}
