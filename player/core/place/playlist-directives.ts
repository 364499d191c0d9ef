/**
 * Tells a media playlist from what one request asks of it: a version that does not exist yet, or only
 * what is new (rfc8216bis §6.2.5.1).
 */
import type { Offset } from "./align-playlists.ts";

const DELIVERY_DIRECTIVE = /[?&]_HLS_(?:msn|part|skip|push)=[^&#]*/g;

export function splitDirectives(url: string): {
  readonly url: string;
  readonly directives: string;
} {
  const directives = url.match(DELIVERY_DIRECTIVE);
  if (directives === null) return { url, directives: "" };
  const bare = url.replace(DELIVERY_DIRECTIVE, "");
  // The first of several parameters took the question mark along.
  const firstOther = bare.indexOf("&");
  const hasLostMark = !bare.includes("?") && firstOther !== -1;
  return {
    url: hasLostMark ? `${bare.slice(0, firstOther)}?${bare.slice(firstOther + 1)}` : bare,
    directives: directives.map((directive) => directive.slice(1)).join("&"),
  };
}

export function withDirectives(url: string | undefined, directives: string): string | undefined {
  if (url === undefined || directives === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${directives}`;
}

/** For a pathway whose sequence numbers are larger by `offset`. */
export function shiftSequence(directives: string, offset: number): string {
  return directives.replace(
    /(_HLS_msn=)(\d+)/,
    (_, name: string, sequence: string) => `${name}${Number(sequence) + offset}`,
  );
}

/** A playlist of a pathway whose numbers are larger by `offset`, in those that the media player knows. */
export function renumber(text: string, { sequence, discontinuity }: Offset): string {
  const counted = lower(text, "EXT-X-MEDIA-SEQUENCE", sequence);
  return lower(counted, "EXT-X-DISCONTINUITY-SEQUENCE", discontinuity);
}

function lower(text: string, name: string, by: number): string {
  if (by === 0) return text;
  const tag = new RegExp(`^#${name}:[ \\t]*(\\d+).*$`, "m");
  const line = `#${name}:${Math.max(0, Number(tag.exec(text)?.[1] ?? 0) - by)}`;
  return tag.test(text) ? text.replace(tag, line) : text.replace("#EXTM3U", `#EXTM3U\n${line}`);
}
