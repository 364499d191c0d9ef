import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { type Trace, TraceBuilder } from "../trace.ts";
import { drawArrivals } from "./draw-arrivals.ts";
import { EVERY_WORKLOAD } from "./every-workload.ts";
import { PackagedTitle } from "./packaged-title.ts";
import { CLIMBING, FAITHFUL } from "./video-on-demand.ts";
import { watch } from "./watch.ts";
import { drawWorkload } from "./workload.ts";

/** Of every request the moment, the key and the size. */
function digestOf({ objects, asked, timesMs }: Trace): string {
  const hash = createHash("sha256");
  for (const { key, sizeBytes } of objects) hash.update(`${key} ${sizeBytes}\n`);
  // Whole milliseconds: the last bits of a logarithm may differ between machines.
  const rows = Array.from(asked, (index, row) => `${index} ${Math.round(timesMs[row] ?? 0)}`);
  return hash.update(rows.join("\n")).digest("hex").slice(0, 16);
}

/** A recipe that has changed has another name: what was reported for it would mean nothing any more. */
const FROZEN: Readonly<Record<string, string>> = {
  mixed: "b9e47af40198c7bb",
  titles: "7722ba539194a21e",
  abandonment: "1a4f2899134ac331",
  ladder: "9ee4f4bca53d781c",
  diurnal: "8d5e6ca17b524891",
  live: "bd2add9552c1cba4",
  "release-day": "ed9c7c714243f676",
  drift: "044eb0e3986bf9cb",
};

describe("workloads", () => {
  for (const workload of EVERY_WORKLOAD) {
    test(`${workload.name} is as it was when it was frozen`, () => {
      const trace = drawWorkload(workload, 1);
      assert.equal(digestOf(trace), FROZEN[workload.name]);
      assert.ok(trace.asked.length > 300_000 && trace.asked.length < 500_000);
      let isInOrder = true;
      for (let row = 1; row < trace.timesMs.length; row += 1) {
        if ((trace.timesMs[row] ?? 0) < (trace.timesMs[row - 1] ?? 0)) isInOrder = false;
      }
      assert.ok(isInOrder, "time goes back");
    });
  }
});

describe("drawArrivals()", () => {
  const draw = (shareAt?: (atMs: number) => number) =>
    drawArrivals(
      { durationMs: 600 * 60_000, perMinute: 10, ...(shareAt && { shareAt }) },
      seededRandom("arrivals"),
    );
  test("come at their rate", () => {
    const { length } = draw();
    assert.ok(length > 5_700 && length < 6_300, `${length}`);
  });
  test("come at the share of it that the moment has", () => {
    const moments = draw((atMs) => (atMs < 300 * 60_000 ? 0 : 0.5));
    assert.ok(moments.every((atMs) => atMs >= 300 * 60_000));
    assert.ok(moments.length > 1_350 && moments.length < 1_650, `${moments.length}`);
  });
});

describe("watch()", () => {
  const keysOf = (habits: typeof FAITHFUL, lastNumber = 30) => {
    const builder = new TraceBuilder();
    const title = new PackagedTitle("/vod/tram", builder);
    const sitting = { title, fromMs: 0, untilMs: 1e9, firstNumber: 1, lastNumber };
    watch(sitting, habits, seededRandom("viewer"));
    const { objects, asked } = builder.build();
    return Array.from(asked, (index) => objects[index]?.key ?? "");
  };
  test("a faithful viewer reads every segment of one rendition", () => {
    const [init = "", ...segments] = keysOf({ ...FAITHFUL, leaveChance: 0 });
    assert.match(init, /init\.mp4$/);
    assert.equal(segments.length, 30);
    assert.equal(new Set(segments.map((key) => key.replace(/\d+\.m4s$/, ""))).size, 1);
    assert.match(segments.at(-1) ?? "", /segment-00030\.m4s$/);
  });
  test("a climbing viewer begins low", () => {
    const rungs = keysOf({ ...CLIMBING, browserShare: 0, leaveChance: 0, resumeShare: 0 });
    assert.match(rungs[0] ?? "", /video-(240|360)/);
  });
  test("sound comes with every segment", () => {
    const keys = keysOf({ ...FAITHFUL, leaveChance: 0, hearsSound: true });
    assert.equal(keys.filter((key) => key.includes("/audio/")).length, 30);
  });
});
