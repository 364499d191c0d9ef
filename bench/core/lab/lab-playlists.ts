/** Writes what the players of the lab read first: playlists and manifest, with both pathways in them. */
import {
  AUDIO,
  FRAMES_PER_SECOND,
  type LabStream,
  SEGMENT_SECONDS,
  VIDEOS,
  VOD_SEGMENTS,
} from "./lab-ladder.ts";

/** Base URLs of the pathways, in the order of preference, and where steering answers. */
export type LabPlaces = { readonly A: string; readonly B: string; readonly steering: string };

const PATHWAYS = ["A", "B"] as const;
/** Five segments, so that some eight seconds are in hand at the failover. */
const HOLD_BACK_SECONDS = 10;

export function multivariantPlaylist(places: LabPlaces): string {
  return lines([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-CONTENT-STEERING:SERVER-URI="${places.steering}/hls",PATHWAY-ID="A"`,
    // VHS looks an audio group up by the pathway's id.
    ...PATHWAYS.map(
      (id) =>
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}",NAME="Music",LANGUAGE="zxx",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",STABLE-RENDITION-ID="${AUDIO.id}",URI="${places[id]}/${AUDIO.id}/index.m3u8"`,
    ),
    ...PATHWAYS.flatMap((id) =>
      VIDEOS.flatMap((video) => [
        `#EXT-X-STREAM-INF:BANDWIDTH=${video.bitsPerSecond + AUDIO.bitsPerSecond},CODECS="${video.codec},${AUDIO.codec}",RESOLUTION=${video.width}x${video.height},FRAME-RATE=${FRAMES_PER_SECOND}.000,AUDIO="${id}",STABLE-VARIANT-ID="${video.id}",PATHWAY-ID="${id}"`,
        `${places[id]}/${video.id}/index.m3u8`,
      ]),
    ),
  ]);
}

export type MediaWindow = {
  readonly first: number;
  readonly count: number;
  /** When segment 0 began, for a live channel. */
  readonly live?: { readonly epochWallMs: number };
};

export function mediaPlaylist({ first, count, live }: MediaWindow): string {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  return lines([
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${SEGMENT_SECONDS}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...(live === undefined
      ? ["#EXT-X-PLAYLIST-TYPE:VOD"]
      : [`#EXT-X-SERVER-CONTROL:HOLD-BACK=${HOLD_BACK_SECONDS.toFixed(1)}`]),
    "#EXT-X-INDEPENDENT-SEGMENTS",
    '#EXT-X-MAP:URI="init.mp4"',
    ...numbers.flatMap((number) => [
      ...(live === undefined
        ? []
        : [
            `#EXT-X-PROGRAM-DATE-TIME:${isoTime(live.epochWallMs + number * SEGMENT_SECONDS * 1_000)}`,
          ]),
      `#EXTINF:${SEGMENT_SECONDS.toFixed(3)},`,
      segmentName(number),
    ]),
    ...(live === undefined ? ["#EXT-X-ENDLIST"] : []),
  ]);
}

export function segmentName(number: number): string {
  return `segment-${number}.m4s`;
}

/** On demand: a static manifest with both pathways as service locations. */
export function dashManifest(places: LabPlaces): string {
  return lines([
    '<?xml version="1.0" encoding="utf-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT${VOD_SEGMENTS * SEGMENT_SECONDS}S" maxSegmentDuration="PT${SEGMENT_SECONDS}S" minBufferTime="PT${SEGMENT_SECONDS}S">`,
    ...PATHWAYS.map((id) => `<BaseURL serviceLocation="${id}">${places[id]}/</BaseURL>`),
    `<ContentSteering defaultServiceLocation="A" queryBeforeStart="false">${places.steering}/dash</ContentSteering>`,
    '<Period id="0" start="PT0S">',
    adaptationSet(1, VIDEOS),
    adaptationSet(2, [AUDIO]),
    "</Period>",
    "</MPD>",
  ]);
}

function adaptationSet(id: number, streams: readonly LabStream[]): string {
  const kind = streams[0]?.kind;
  return [
    `<AdaptationSet id="${id}" contentType="${kind}" mimeType="${kind}/mp4" segmentAlignment="true" startWithSAP="1">`,
    `<SegmentTemplate duration="${SEGMENT_SECONDS}" startNumber="0" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/${segmentName(0).replace("0", "$Number$")}"/>`,
    ...streams.map(({ id: stream, bitsPerSecond, codec, width, height }) =>
      width === undefined
        ? `<Representation id="${stream}" bandwidth="${bitsPerSecond}" codecs="${codec}" audioSamplingRate="48000"/>`
        : `<Representation id="${stream}" bandwidth="${bitsPerSecond}" codecs="${codec}" width="${width}" height="${height}" frameRate="${FRAMES_PER_SECOND}"/>`,
    ),
    "</AdaptationSet>",
  ].join("\n");
}

function isoTime(wallMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: it writes a given time, and reads no clock.
  return new Date(Math.round(wallMs)).toISOString();
}

function lines(each: readonly string[]): string {
  return `${each.join("\n")}\n`;
}
