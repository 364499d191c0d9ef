/** The bytes of the lab's test stream: a title of the repository, over and over, each segment made heavy. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readTimescale } from "../../../origin/core/track-clock.ts";
import {
  type LabStream,
  STREAMS,
  segmentBytesOf,
  TITLE_SECONDS,
  TITLE_SEGMENTS,
} from "../../core/lab/lab-ladder.ts";
import { moveDecodeTime } from "../../core/lab/move-decode-time.ts";
import { weighDown } from "../../core/lab/weigh-down.ts";

export type LabMedia = {
  find(streamId: string): LabStream | undefined;
  init(stream: LabStream): Uint8Array;
  segment(stream: LabStream, number: number): Uint8Array;
};

type Files = {
  readonly init: Uint8Array;
  readonly segments: readonly Uint8Array[];
  readonly timescale: number;
};

const TITLE = resolve(import.meta.dirname, "../../../media/titles/a-whale-named-tuesday");

export function openLabMedia(): LabMedia {
  const files = new Map(STREAMS.map(({ id }) => [id, readFiles(join(TITLE, id))]));
  const filesOf = ({ id }: LabStream) => files.get(id) as Files;
  return {
    find: (streamId) => STREAMS.find(({ id }) => id === streamId),
    init: (stream) => filesOf(stream).init,
    segment(stream, number) {
      const { segments, timescale } = filesOf(stream);
      const moved = Uint8Array.from(segments[number % TITLE_SEGMENTS] as Uint8Array);
      moveDecodeTime(moved, Math.floor(number / TITLE_SEGMENTS) * TITLE_SECONDS * timescale);
      return stream.kind === "audio" ? moved : weighDown(moved, segmentBytesOf(stream));
    },
  };
}

function readFiles(folder: string): Files {
  const init = readFileSync(join(folder, "init.mp4"));
  const timescale = readTimescale(init);
  if (timescale === undefined) throw new TypeError(`${folder} has no track with a clock`);
  const segments = Array.from({ length: TITLE_SEGMENTS }, (_, index) =>
    readFileSync(join(folder, `segment-${`${index + 1}`.padStart(5, "0")}.m4s`)),
  );
  return { init, segments, timescale };
}
