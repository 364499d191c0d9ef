import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Change, newsOf, startFailureOf } from "./fleet-news.ts";

const CHANGE: Change = {
  name: "east-1",
  from: "running",
  to: "stopped",
  reason: "ended-as-asked",
  lastExit: "SIGKILL",
  lastLine: "",
};

describe("newsOf()", () => {
  for (const [reason, to, expected] of [
    ["died-unasked", "backing-off", /^east-1 died unasked \(SIGKILL\) and starts again\.$/],
    ["kept-dying", "stopped", /given up/],
    ["too-slow-to-start", "starting", /too slow to start/],
    ["too-slow-to-stop", "stopping", /too slow to stop/],
    ["listening", "running", /^east-1 runs\.$/],
    ["ended-as-asked", "stopped", /down, as asked \(SIGKILL\)/],
  ] as const) {
    test(`tells of ${reason}`, () =>
      assert.match(String(newsOf({ ...CHANGE, reason, to })), expected));
  }
  test("says nothing of what is ordinary", () => {
    assert.equal(newsOf({ ...CHANGE, reason: "start", to: "starting" }), undefined);
    assert.equal(newsOf({ ...CHANGE, reason: "ended-as-asked", to: "starting" }), undefined);
  });
});

describe("startFailureOf()", () => {
  test("passes on the last words", () =>
    assert.equal(
      startFailureOf({ ...CHANGE, lastLine: "The cellar is flooded." }, "a.log"),
      "Cannot start east-1: The cellar is flooded. Log: a.log",
    ));
  test("says how it ended when there were none", () =>
    assert.equal(
      startFailureOf(CHANGE, "a.log"),
      "Cannot start east-1: it ended with SIGKILL. Log: a.log",
    ));
});
