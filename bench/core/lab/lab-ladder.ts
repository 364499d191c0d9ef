/**
 * The lab's test stream: one of the repository's titles, over and over, made as heavy as streams are.
 *
 * The title's own renditions are so light that half a segment is nothing and no link is narrow. A box
 * that players skip (`free`) before each video segment brings it to a steady size, at no cost in decoding.
 */
export type LabStream = {
  /** Folder of the title in which its files are. */
  readonly id: string;
  readonly kind: "video" | "audio";
  readonly bitsPerSecond: number;
  readonly codec: string;
  readonly width?: number;
  readonly height?: number;
};

export const SEGMENT_SECONDS = 2;
/** The title's length, after which it begins anew, with its clock going on. */
export const TITLE_SEGMENTS = 32;
export const TITLE_SECONDS = TITLE_SEGMENTS * SEGMENT_SECONDS;
/** How often the title is shown on demand: longer than any run with its buffer. */
const VOD_TURNS = 3;
export const VOD_SEGMENTS = TITLE_SEGMENTS * VOD_TURNS;
export const FRAMES_PER_SECOND = 24;

export const AUDIO: LabStream = {
  id: "audio",
  kind: "audio",
  bitsPerSecond: 64_000,
  codec: "mp4a.40.2",
};

/** In the order of the multivariant playlist: most players start with the first. */
export const VIDEOS: readonly LabStream[] = [
  {
    id: "video-360",
    kind: "video",
    bitsPerSecond: 2_000_000,
    codec: "avc1.64001e",
    width: 640,
    height: 360,
  },
  {
    id: "video-540",
    kind: "video",
    bitsPerSecond: 4_000_000,
    codec: "avc1.64001f",
    width: 960,
    height: 540,
  },
  {
    id: "video-240",
    kind: "video",
    bitsPerSecond: 800_000,
    codec: "avc1.640015",
    width: 426,
    height: 240,
  },
];

export const STREAMS: readonly LabStream[] = [...VIDEOS, AUDIO];

/** What a link must bring for the lowest rendition and its sound to play in real time. */
export const LOWEST_BYTES_PER_SECOND =
  (Math.min(...VIDEOS.map(({ bitsPerSecond }) => bitsPerSecond)) + AUDIO.bitsPerSecond) / 8;

/** Of every segment of a rendition; audio keeps its own size. */
export function segmentBytesOf({ bitsPerSecond }: LabStream): number {
  return (bitsPerSecond * SEGMENT_SECONDS) / 8;
}
