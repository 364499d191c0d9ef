/** The origin is held back for readers that keep up, and not for others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { policiesOf } from "../config.ts";
import { slicedHead } from "../core/slicing.ts";
import { describeAnswer } from "../core/stored-metadata.ts";
import type { Fill } from "../fill/fill.ts";
import { FillReader, type ReadableFill } from "../fill/fill-reader.ts";
import type { UpstreamReceiver } from "../upstream/upstream.ts";
import { SliceCutter } from "./slice-cutter.ts";

const BODY = Buffer.from(Array.from({ length: 25 }, (_, at) => at));
const KEEP_UP_MS = 2_000;

test("gives each claimed slice its own bytes, in order", async () => {
  const { cutter, slices, over } = cut();
  for (const index of [0, 1, 2]) {
    assert.ok(cutter.claim(index), `slice ${index}`);
    await turns();
  }
  await over;
  assert.deepEqual(slices, ["0..9 end", "10..19 end", "20..24 end"]);
});

test("gives no slice out of turn", async () => {
  const { cutter } = cut();
  assert.equal(cutter.claim(1), undefined);
  assert.ok(cutter.claim(0));
  assert.equal(cutter.claim(0), undefined);
});

test("is over when nobody has claimed the next slice for a while", async () => {
  const { cutter, slices, over } = cut();
  cutter.claim(0);
  await turns();
  cutter.tick(10_000, KEEP_UP_MS);
  cutter.tick(11_999, KEEP_UP_MS);
  assert.ok(cutter.claim(1), "still there");
  await turns();
  cutter.tick(20_000, KEEP_UP_MS);
  cutter.tick(22_000, KEEP_UP_MS);
  await over;
  assert.equal(cutter.claim(2), undefined);
  assert.deepEqual(slices, ["0..9 end", "10..19 end"]);
});

test("finishes the slice that was claimed when it is stopped", async () => {
  const { cutter, slices, over } = cut();
  cutter.claim(0);
  cutter.stop();
  await over;
  assert.deepEqual(slices, ["0..9 end"]);
});

function cut() {
  const policy = { ...policiesOf("demo").fills, sliceBytes: 10 };
  const answer = { status: 200, fields: {}, requestedAtWallMs: 1, arrivedAtWallMs: 1 };
  const metadata = describeAnswer("/film", answer, 0, policy);
  const whole: ReadableFill = {
    key: "/film",
    arrival: {
      state: "streaming",
      head: { status: 200, plan: { action: "slice", reason: "large" }, metadata, sizeBytes: 25 },
    },
    isWhole: false,
    crowd: undefined,
    take: (offset, end) => BODY.subarray(offset, Math.min(end, offset + 4)),
    onProgress: () => {},
    leave: () => {},
  };
  const slices: string[] = [];
  let onOver = () => {};
  const over = new Promise<void>((resolve) => {
    onOver = resolve;
  });
  const cutter = new SliceCutter({
    head: slicedHead(metadata, BODY.length, policy),
    reader: new FillReader(whole, false),
    startFill: (_, upstream) => {
      const bytes: number[] = [];
      const receiver: UpstreamReceiver = {
        onHead: () => {},
        onBytes: (piece) => bytes.push(...piece),
        onEnd: () => slices.push(`${bytes[0]}..${bytes.at(-1)} end`),
        onFailure: ({ reason }) => slices.push(reason),
      };
      upstream.call({ method: "GET", target: "/film", fields: {} }, receiver);
      return {} as Fill;
    },
    onOver,
  });
  return { cutter, slices, over };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
