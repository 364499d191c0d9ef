import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ageMs, describeAnswer, hasValidator, refreshMetadata } from "./stored-metadata.ts";

const POLICY = {
  notFoundFreshForMs: 1_000,
  disconnectedLifetimes: 2,
  longestDisconnectedMs: 60_000,
};
const answer = (status: number, fields: Record<string, string>, atMs = 10_000) => ({
  status,
  fields,
  requestedAtWallMs: atMs,
  arrivedAtWallMs: atMs,
});
const STORED = describeAnswer(
  "/a",
  answer(200, { etag: '"1"', "cache-control": "max-age=6", "content-type": "video/mp4" }),
  5,
  POLICY,
);

describe("describeAnswer()", () => {
  test("believes in absence for a second, where the origin says nothing", () =>
    assert.equal(describeAnswer("/a", answer(404, {}), 0, POLICY).freshForMs, 1_000));
  test("believes in absence for as long as the origin says", () => {
    const { freshForMs } = describeAnswer(
      "/a",
      answer(404, { "cache-control": "max-age=9" }),
      0,
      POLICY,
    );
    assert.equal(freshForMs, 9_000);
  });
  test("guesses no lifetime for what is there", () =>
    assert.equal(describeAnswer("/a", answer(200, {}), 0, POLICY).freshForMs, 0));
});

test("describeAnswer() tells how long the origin took", () => {
  const late = { ...answer(200, {}), requestedAtWallMs: 9_200 };
  assert.equal(describeAnswer("/a", late, 0, POLICY).answeredInMs, 800);
  const clockSetBack = { ...late, requestedAtWallMs: 10_001 };
  assert.equal(describeAnswer("/a", clockSetBack, 0, POLICY).answeredInMs, 0);
});

describe("ageMs()", () => {
  test("grows with the wall clock", () => assert.equal(ageMs(STORED, 13_000), 3_000));
  test("does not fall below what it was, though the clock is set back", () =>
    assert.equal(ageMs(STORED, 1_000), 0));
});

describe("refreshMetadata()", () => {
  const unchanged = answer(
    304,
    { "cache-control": "max-age=8", age: "2", "content-type": "text/plain", "x-new": "1" },
    20_000,
  );
  const refreshed = refreshMetadata(STORED, unchanged, POLICY);

  test("begins its life anew with the new lifetime and age", () =>
    assert.deepEqual([refreshed.freshForMs, ageMs(refreshed, 21_000)], [8_000, 3_000]));
  test("takes over new fields but those that describe the bytes, and stays what it was", () =>
    assert.deepEqual(
      [refreshed.fields, refreshed.status, refreshed.sizeBytes],
      [
        { etag: '"1"', "cache-control": "max-age=8", "content-type": "video/mp4", "x-new": "1" },
        200,
        5,
      ],
    ));
  test("counts its age from its arrival where the 304 has no date of its own", () => {
    const dated = describeAnswer(
      "/a",
      answer(200, { etag: '"1"', date: "Thu, 01 Jan 1970 00:00:10 GMT" }),
      5,
      POLICY,
    );
    const { initialAgeMs } = refreshMetadata(dated, answer(304, {}, 90_000), POLICY);
    assert.equal(initialAgeMs, 0);
  });
  test("does not take over a cookie, which would then go to everybody", () => {
    const cookie = answer(304, { "set-cookie": "session=1" }, 20_000);
    assert.equal(refreshMetadata(STORED, cookie, POLICY).fields["set-cookie"], undefined);
  });
});

test("hasValidator() wants an entity tag or a date of change", () => {
  assert.ok(hasValidator(STORED));
  assert.ok(hasValidator({ ...STORED, fields: { "last-modified": "x" } }));
  assert.ok(!hasValidator({ ...STORED, fields: {} }));
});
