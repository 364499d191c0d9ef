import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault } from "../contract/faults.ts";
import { drawFault } from "./draw-fault.ts";
import { beginRun, fillIn } from "./fault-run.ts";

type Scope = Pick<Extract<Fault, { fault: "truncate" }>, "share" | "paths" | "seed">;

const asking = (target: string | undefined, method = "GET") => ({ method, target });

/** What becomes of requests to these paths: `x` touched, `.` spared. */
function drawsOf(scope: Scope, paths: readonly (string | undefined)[]): string {
  let run = beginRun(fillIn({ fault: "truncate", seconds: 1, ...scope }, "drawn"), 1);
  return paths
    .map((path) => {
      const drawn = drawFault(run, asking(path));
      run = drawn.run;
      return drawn.decision.action === "touch" ? "x" : ".";
    })
    .join("");
}
const requests = (count: number) => Array<string>(count).fill("/a");

describe("drawFault()", () => {
  test("touches every request if no share is given", () =>
    assert.equal(drawsOf({}, requests(5)), "xxxxx"));
  test("the same seed touches the same requests", () => {
    const scope = { share: 0.5, seed: "a" };
    assert.equal(drawsOf(scope, requests(100)), drawsOf(scope, requests(100)));
  });
  test("another seed touches others", () =>
    assert.notEqual(
      drawsOf({ share: 0.5, seed: "a" }, requests(100)),
      drawsOf({ share: 0.5, seed: "b" }, requests(100)),
    ));
  for (const share of [0.1, 0.5, 0.9]) {
    test(`touches a share of ${share}`, () => {
      const touched = drawsOf({ share, seed: "a" }, requests(5_000)).replaceAll(".", "").length;
      assert.ok(Math.abs(touched / 5_000 - share) < 0.03, `${touched}`);
    });
  }
  test("touches its paths only", () =>
    assert.equal(drawsOf({ paths: ["*.m4s"] }, ["/a.m4s", "/a.m3u8", "/b.m4s"]), "x.x"));
  test("requests to other paths do not change which ones it touches", () => {
    const scope = { share: 0.5, seed: "a", paths: ["/a"] };
    const between = requests(50).flatMap((path) => [path, "/other"]);
    const draws = drawsOf(scope, between);
    assert.equal(draws.replace(/(.)./g, "$1"), drawsOf(scope, requests(50)));
  });
  test("says why", () => {
    const run = beginRun(fillIn({ fault: "truncate", seconds: 1, paths: ["/a"] }, "s"), 1);
    assert.equal(drawFault(run, asking("/a")).decision.reason, "every-request");
    assert.equal(drawFault(run, asking("/b")).decision.reason, "other-path");
    const shared = beginRun(fillIn({ fault: "truncate", seconds: 1, share: 1e-9 }, "s"), 1);
    assert.equal(drawFault(shared, asking("/a")).decision.reason, "not-drawn");
    const almost = beginRun(fillIn({ fault: "truncate", seconds: 1, share: 1 - 1e-9 }, "s"), 1);
    assert.equal(drawFault(almost, asking("/a")).decision.reason, "drawn");
  });
  test("numbers the requests that it touches", () => {
    let run = beginRun(fillIn({ fault: "truncate", seconds: 1, paths: ["/a"] }, "s"), 1);
    const numbers = ["/a", "/b", "/a"].map((path) => {
      const drawn = drawFault(run, asking(path));
      run = drawn.run;
      return drawn.decision.action === "touch" ? drawn.decision.number : undefined;
    });
    assert.deepEqual(numbers, [1, undefined, 2]);
  });
  for (const [method, path, reason] of [
    ["GET", "/live/a/index.m3u8?CMCD=x", "every-request"],
    ["HEAD", "/A.M3U8", "every-request"],
    ["POST", "/a.m3u8", "no-playlist"],
    ["GET", "/a.m4s?from=b.m3u8", "no-playlist"],
    ["", undefined, "no-playlist"],
  ] as const) {
    test(`of a stale playlist, ${method} ${path}: ${reason}`, () => {
      const run = beginRun(fillIn({ fault: "stale-playlist", seconds: 1 }, "s"), 1);
      const drawn = drawFault(run, asking(path, method));
      assert.equal(drawn.decision.reason, reason);
      assert.equal(drawn.run.numberedRequests, reason === "no-playlist" ? 0 : 1);
    });
  }
  for (const [path, reason] of [
    ["/vod/a/segment-1.m4s?CMCD=x", "every-request"],
    ["/a/init.MP4", "every-request"],
    ["/a/captions-1.vtt", "every-request"],
    ["/a/index.m3u8", "no-segment"],
    ["/a/film.mpd", "no-segment"],
    ["/synthetic/65536/probe", "no-segment"],
  ] as const) {
    test(`of faults of segments, ${path}: ${reason}`, () => {
      for (const fault of ["status-404", "corrupt", "redirect-dead"] as const) {
        const run = beginRun(fillIn({ fault, seconds: 1 }, "s"), 1);
        assert.equal(drawFault(run, asking(path)).decision.reason, reason);
      }
    });
  }
  for (const fault of ["refuse", "flap"] as const) {
    test(`spares every request under ${fault}, which has none to touch`, () => {
      const run = beginRun(fillIn({ fault, seconds: 1 }, "s"), 1);
      assert.equal(drawFault(run, asking("/a")).decision.reason, "touches-no-requests");
    });
  }
  test("draws also for what is no HTTP", () => {
    assert.equal(drawsOf({}, [undefined]), "x");
    assert.equal(drawsOf({ paths: ["/*"] }, [undefined]), ".");
  });
});
