import assert from "node:assert/strict";
import { test } from "node:test";
import { AUDIO, LOWEST_BYTES_PER_SECOND, STREAMS, segmentBytesOf, VIDEOS } from "./lab-ladder.ts";

test("three renditions and their sound", () =>
  assert.deepEqual(
    STREAMS.map(({ kind }) => kind),
    ["video", "video", "video", "audio"],
  ));
test("a segment has what its rate brings in two seconds", () =>
  assert.deepEqual(VIDEOS.map(segmentBytesOf), [500_000, 1_000_000, 200_000]));
test("the lowest rendition needs 108 kB/s, with its sound", () =>
  assert.deepEqual([LOWEST_BYTES_PER_SECOND, AUDIO.bitsPerSecond], [108_000, 64_000]));
