import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_FAILOVER_POLICY } from "../../contract/player-options.ts";
import { holdMs, readCadence } from "./held-answer.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, holdParts: 3, holdSegments: 1.5 };
const URL_OF_IT = "http://a/live/low.m3u8";
const HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n";
const PARTS = `${HEAD}#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="9.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="http://["
`;

for (const [what, playlist, url, heldMs] of [
  ["a part that does not exist yet", PARTS, `${URL_OF_IT}?_HLS_msn=9&_HLS_part=1`, 1_500],
  ["a segment that does not exist yet", PARTS, `${URL_OF_IT}?t=1&_HLS_msn=9`, 6_000],
  ["a part that is hinted at", PARTS, "http://a/live/9.1.m4s", 1_500],
  ["what exists", PARTS, "http://a/live/9.0.m4s", 0],
  ["a playlist as it is", PARTS, URL_OF_IT, 0],
  ["a part of a playlist without any", HEAD, `${URL_OF_IT}?_HLS_msn=9&_HLS_part=1`, 0],
  ["a playlist that names no durations", "#EXTM3U\n", `${URL_OF_IT}?_HLS_msn=9`, 0],
  ["absurd durations", "#EXTM3U\n#EXT-X-TARGETDURATION:9999\n", `${URL_OF_IT}?_HLS_msn=9`, 0],
] as const) {
  test(`${what} may be held for ${heldMs} ms`, () => {
    assert.equal(holdMs(url, readCadence(playlist, URL_OF_IT), POLICY), heldMs);
  });
}
