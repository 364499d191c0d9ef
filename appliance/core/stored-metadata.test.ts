import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIFETIMES } from "./lifetimes.rig.ts";
import {
  ageMs,
  describeAnswer,
  hasValidator,
  refreshMetadata,
  unsharedFields,
} from "./stored-metadata.ts";

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
  LIFETIMES,
);

describe("describeAnswer()", () => {
  test("believes in absence for a second, where the origin says nothing", () =>
    assert.equal(describeAnswer("/a", answer(404, {}), 0, LIFETIMES).freshForMs, 1_000));
  test("believes in absence for as long as the origin says", () => {
    const { freshForMs } = describeAnswer(
      "/a",
      answer(404, { "cache-control": "max-age=9" }),
      0,
      LIFETIMES,
    );
    assert.equal(freshForMs, 9_000);
  });
  test("guesses no lifetime for what is there", () =>
    assert.equal(describeAnswer("/a", answer(200, {}), 0, LIFETIMES).freshForMs, 0));
  test("doubts absence up to a quarter earlier, so that not all doubt it at once", () => {
    const freshForMs = (draw: number) =>
      describeAnswer("/a", { ...answer(404, {}), draw }, 0, LIFETIMES).freshForMs;
    assert.deepEqual([freshForMs(0), freshForMs(0.5)], [1_000, 875]);
  });
  test("keeps for everybody what is for everybody", () => {
    const fields = {
      "cache-control": 'max-age=6, no-cache="X-Own", private="x-mine"',
      "set-cookie": "a=b",
      "x-own": "1",
      "x-mine": "2",
      "x-all": "3",
    };
    const whole = answer(200, fields);
    const { fields: kept, freshForMs } = describeAnswer("/a", whole, 0, LIFETIMES);
    assert.deepEqual(Object.keys(kept).sort(), ["cache-control", "date", "x-all"]);
    assert.deepEqual(unsharedFields(whole, kept), {
      "set-cookie": "a=b",
      "x-own": "1",
      "x-mine": "2",
    });
    assert.equal(freshForMs, 6_000);
  });
  test("dates an answer that has no date by its arrival", () => {
    const { fields } = describeAnswer("/a", answer(200, {}), 0, LIFETIMES);
    assert.equal(fields["date"], "Thu, 01 Jan 1970 00:00:10 GMT");
  });
});

test("describeAnswer() tells how long the origin took", () => {
  const late = { ...answer(200, {}), requestedAtWallMs: 9_200 };
  assert.equal(describeAnswer("/a", late, 0, LIFETIMES).answeredInMs, 800);
  const clockSetBack = { ...late, requestedAtWallMs: 10_001 };
  assert.equal(describeAnswer("/a", clockSetBack, 0, LIFETIMES).answeredInMs, 0);
});

describe("ageMs()", () => {
  test("grows with the wall clock", () => assert.equal(ageMs(STORED, 13_000), 3_000));
  test("is as much as the clock was set back by, where that was to before the arrival", () =>
    assert.equal(ageMs(STORED, 1_000), 9_000));
});

describe("refreshMetadata()", () => {
  const unchanged = answer(
    304,
    {
      "cache-control": "max-age=8",
      age: "2",
      "content-type": "text/plain",
      "content-encoding": "gzip",
      etag: '"2"',
      "x-new": "1",
    },
    20_000,
  );
  const refreshed = refreshMetadata(STORED, unchanged, LIFETIMES);

  test("begins its life anew with the new lifetime and age", () =>
    assert.deepEqual([refreshed.freshForMs, ageMs(refreshed, 21_000)], [8_000, 3_000]));
  test("takes over new fields but those that describe the bytes, and stays what it was", () =>
    assert.deepEqual(
      [refreshed.fields, refreshed.status, refreshed.sizeBytes],
      [
        {
          etag: '"1"',
          "cache-control": "max-age=8",
          "content-type": "text/plain",
          "x-new": "1",
          date: "Thu, 01 Jan 1970 00:00:20 GMT",
        },
        200,
        5,
      ],
    ));
  test("counts its age from its arrival where the 304 has no date of its own", () => {
    const dated = describeAnswer(
      "/a",
      answer(200, { etag: '"1"', date: "Thu, 01 Jan 1970 00:00:10 GMT" }),
      5,
      LIFETIMES,
    );
    const { initialAgeMs } = refreshMetadata(dated, answer(304, {}, 90_000), LIFETIMES);
    assert.equal(initialAgeMs, 0);
  });
  test("does not take over a cookie, which would then go to everybody", () => {
    const cookie = answer(304, { "set-cookie": "session=1" }, 20_000);
    assert.equal(refreshMetadata(STORED, cookie, LIFETIMES).fields["set-cookie"], undefined);
  });
});

test("hasValidator() wants an entity tag or a date of change", () => {
  assert.ok(hasValidator(STORED));
  assert.ok(hasValidator({ ...STORED, fields: { "last-modified": "x" } }));
  assert.ok(!hasValidator({ ...STORED, fields: {} }));
});
