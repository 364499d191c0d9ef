/**
 * A low-latency live channel as a function of its age: which parts of a recorded stream exist by now, and
 * what the playlist says of them (RFC 8216bis §4.4.4.9, §6.2.5.2).
 */
import { attributeText, readAttributes, readPlaylistLines } from "../kernel/playlist-lines.ts";

type Recorded = {
  readonly parts: readonly {
    readonly uri: string;
    readonly line: string;
    readonly endMs: number;
  }[];
  readonly uri: string;
  readonly seconds: number;
  readonly endMs: number;
};

/** Where the next part stands: its segment, and which part of it that is. */
export type Edge = { readonly segment: number; readonly part: number };

/** Older segments are listed without their parts. */
const SEGMENTS_IN_PARTS = 3;
const WINDOW_SEGMENTS = 8;

export class LiveParts {
  readonly #recorded: readonly Recorded[];
  readonly #map: string;
  readonly #partTarget: string;

  /** @param text the playlist of the whole stream, with all its parts. */
  constructor(text: string) {
    const recorded: Recorded[] = [];
    let parts: Recorded["parts"] = [];
    let [map, partTarget, nowMs, seconds] = ["", "", 0, 0];
    for (const line of readPlaylistLines(text)) {
      if (line.kind === "uri") {
        recorded.push({ parts, uri: line.uri, seconds, endMs: nowMs });
        parts = [];
      }
      if (line.kind !== "tag") continue;
      const attributes = readAttributes(line.value);
      if (line.name === "EXT-X-MAP") map = line.value;
      if (line.name === "EXT-X-PART-INF") partTarget = attributes.get("PART-TARGET") ?? "";
      if (line.name === "EXTINF") seconds = Number.parseFloat(line.value);
      if (line.name !== "EXT-X-PART") continue;
      nowMs += Number(attributes.get("DURATION")) * 1_000;
      const uri = attributeText(attributes, "URI") ?? "";
      parts = [...parts, { uri, line: `#EXT-X-PART:${line.value}`, endMs: nowMs }];
    }
    this.#recorded = recorded;
    this.#map = map;
    this.#partTarget = partTarget;
  }

  edgeAt(ageMs: number): Edge {
    const found = this.#recorded.findIndex(({ endMs }) => endMs > ageMs);
    const segment = found === -1 ? this.#recorded.length : found;
    const parts = this.#recorded[segment]?.parts.filter(({ endMs }) => endMs <= ageMs) ?? [];
    return { segment, part: parts.length };
  }

  /** Whether the playlist already lists what a blocking request asks for; numbers are from 0. */
  lists({ segment, part }: Edge, ageMs: number): boolean {
    const edge = this.edgeAt(ageMs);
    return edge.segment > segment || (edge.segment === segment && edge.part > part);
  }

  isThere(uri: string, ageMs: number): boolean {
    return this.#recorded.every(
      (segment) =>
        (segment.uri !== uri || segment.endMs <= ageMs) &&
        segment.parts.every((part) => part.uri !== uri || part.endMs <= ageMs),
    );
  }

  playlistAt(ageMs: number): string {
    const edge = this.edgeAt(ageMs);
    const first = Math.max(0, edge.segment - WINDOW_SEGMENTS);
    const complete = this.#recorded.slice(first, edge.segment).flatMap((segment, index) => {
      const hasParts = first + index >= edge.segment - SEGMENTS_IN_PARTS;
      const parts = hasParts ? segment.parts.map(({ line }) => line) : [];
      return [...parts, `#EXTINF:${segment.seconds.toFixed(6)},`, segment.uri];
    });
    const open = this.#recorded[edge.segment]?.parts ?? [];
    const hinted = open[edge.part];
    return `${[
      "#EXTM3U",
      "#EXT-X-VERSION:9",
      "#EXT-X-TARGETDURATION:2",
      `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${3 * Number(this.#partTarget)}`,
      `#EXT-X-PART-INF:PART-TARGET=${this.#partTarget}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      `#EXT-X-MAP:${this.#map}`,
      ...complete,
      ...open.slice(0, edge.part).map(({ line }) => line),
      ...(hinted === undefined ? [] : [`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hinted.uri}"`]),
    ].join("\n")}\n`;
  }
}
