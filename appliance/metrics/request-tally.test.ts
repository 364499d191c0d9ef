import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestTally } from "./request-tally.ts";

test("counts by source, reason and class of status", () => {
  const tally = new RequestTally();
  tally.add("ram", "fresh", 200);
  tally.add("ram", "fresh", 206);
  tally.add("ram", "fresh", 304);
  tally.add("origin", "expired", 502);
  assert.deepEqual(tally.rows(), [
    { source: "ram", reason: "fresh", statusClass: 2, count: 2 },
    { source: "ram", reason: "fresh", statusClass: 3, count: 1 },
    { source: "origin", reason: "expired", statusClass: 5, count: 1 },
  ]);
});

test("stays bounded whatever the reasons are, and loses none", () => {
  const tally = new RequestTally();
  for (let index = 0; index < 10_000; index += 1) tally.add("origin", `reason-${index}`, 200);
  const rows = tally.rows();
  assert.equal(rows.length, 65);
  assert.equal(rows.find(({ reason }) => reason === "other")?.count, 10_000 - 64);
});
