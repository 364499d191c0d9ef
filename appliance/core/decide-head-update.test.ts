import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideHeadUpdate } from "./decide-head-update.ts";
import { LIFETIMES } from "./lifetimes.rig.ts";
import { describeAnswer } from "./stored-metadata.ts";

const STORED = describeAnswer(
  "/a",
  {
    status: 200,
    fields: { etag: '"1"', "last-modified": "x", "cache-control": "max-age=6" },
    requestedAtWallMs: 1,
    arrivedAtWallMs: 1,
  },
  5,
  LIFETIMES,
);

describe("decideHeadUpdate()", () => {
  for (const [stored, status, fields, expected] of [
    [STORED, 200, {}, "refresh same-version"],
    [STORED, 200, { etag: '"1"', "content-length": "5" }, "refresh same-version"],
    [STORED, 200, { etag: '"2"' }, "invalidate another-version"],
    [STORED, 200, { "last-modified": "y" }, "invalidate another-version"],
    [STORED, 200, { etag: '"1"', "content-length": "6" }, "invalidate another-version"],
    [STORED, 404, { etag: '"2"' }, "leave status"],
    [{ ...STORED, status: 404 }, 200, {}, "leave status"],
    [undefined, 200, {}, "leave nothing-stored"],
    [
      { ...STORED, part: { firstByte: 0, completeBytes: 9, isExact: true } },
      200,
      {},
      "leave nothing-stored",
    ],
  ] as const) {
    test(`${stored?.status} stored, ${status} ${JSON.stringify(fields)}: ${expected}`, () => {
      const { action, reason } = decideHeadUpdate(stored, { status, fields });
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});
