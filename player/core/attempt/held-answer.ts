/**
 * How long may a server keep silent because what it was asked for does not exist yet?
 *
 * A low-latency player asks for the next version of a live playlist, and for the part that a playlist
 * hints at, before they exist; the server answers as soon as they do (RFC 8216bis §6.2.5.2, §4.4.5.3).
 * That takes a part's time, or a segment's, and says nothing of how quick the host is. It is bounded: a
 * host that has died in the meantime keeps silent too.
 */
import {
  attributeText,
  readAttributes,
  readPlaylistLines,
} from "../../../kernel/playlist-lines.ts";
import type { FailoverPolicy } from "../../contract/player-options.ts";

/** How often a live playlist has something new, and what it promises. */
export type Cadence = {
  /** Longest duration of a part; 0 for a playlist without any. */
  readonly partMs: number;
  /** Longest duration of a segment. */
  readonly segmentMs: number;
  /** Absolute URLs that will exist soon. */
  readonly hinted: ReadonlySet<string>;
};

/** @param url what the playlist's URIs are resolved against. */
export function readCadence(text: string, url: string): Cadence {
  let partMs = 0;
  let segmentMs = 0;
  const hinted = new Set<string>();
  for (const line of readPlaylistLines(text)) {
    if (line.kind !== "tag") continue;
    if (line.name === "EXT-X-TARGETDURATION") segmentMs = milliseconds(line.value);
    if (line.name === "EXT-X-PART-INF") {
      partMs = milliseconds(attributeText(readAttributes(line.value), "PART-TARGET"));
    }
    if (line.name !== "EXT-X-PRELOAD-HINT") continue;
    const uri = attributeText(readAttributes(line.value), "URI");
    if (uri !== undefined && URL.canParse(uri, url)) hinted.add(new URL(uri, url).href);
  }
  return { partMs, segmentMs, hinted };
}

/**
 * @param url what is asked for: the playlist of that cadence or something that it hints at.
 * @returns 0 for what is answered at once.
 */
export function holdMs(url: string, cadence: Cadence, policy: FailoverPolicy): number {
  const partsMs = cadence.partMs * policy.holdParts;
  if (cadence.hinted.has(url)) return partsMs;
  if (!/[?&]_HLS_msn=/.test(url)) return 0;
  return /[?&]_HLS_part=/.test(url) ? partsMs : cadence.segmentMs * policy.holdSegments;
}

function milliseconds(seconds: string | undefined): number {
  const parsed = Number.parseFloat(seconds ?? "") * 1_000;
  return parsed > 0 && parsed < 60_000 ? parsed : 0;
}
