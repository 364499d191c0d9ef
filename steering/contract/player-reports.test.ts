import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reportUriOf } from "./player-reports.ts";

describe("a player reports to", () => {
  for (const [steeringUri, reportUri] of [
    ["https://s.example/v1/steer/hls?session=a.b", "https://s.example/v1/cmcd?session=a.b"],
    ["https://s.example/v1/steer/dash?session=a.b", "https://s.example/v1/cmcd?session=a.b"],
    ["https://s.example/eu/v1/steer/hls?session=a", "https://s.example/eu/v1/cmcd?session=a"],
    [
      "https://s.example/v1/steer/hls?x=1&session=a.b&_HLS_pathway=c",
      "https://s.example/v1/cmcd?session=a.b",
    ],
    // Without a session nobody is believed, and other people's steering was never asked to listen.
    ["https://s.example/v1/steer/hls", undefined],
    ["https://s.example/v1/steer/hls?session=", undefined],
    ["https://s.example/steer?session=a", undefined],
    ["https://s.example/v1/steer/hls/other?session=a", undefined],
    ["", undefined],
  ] as const) {
    test(`${reportUri ?? "nobody"}, steered by ${steeringUri || "nobody"}`, () =>
      assert.equal(reportUriOf(steeringUri), reportUri));
  }
});
