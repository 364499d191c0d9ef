import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { validateCmcdEvents } from "@svta/cml-cmcd";
import { type EndedAttempt, hasFailed, writeResponse } from "./ended-attempt.ts";
import { writeCmcd } from "./write-cmcd.ts";

const WHOLE: EndedAttempt = {
  kind: "segment",
  purpose: "request",
  url: "http://a/low/1.m4s?token=secret",
  host: "http://a",
  pathway: "a",
  startedMs: 1_000,
  firstByteMs: 1_040.4,
  lastByteMs: 1_500,
  fromByte: 0,
  bytes: 100_000,
  durationMs: 2_000,
  status: 200,
  outcome: "whole",
};
const response = (change: Partial<EndedAttempt> = {}) => writeResponse({ ...WHOLE, ...change });
const text = (change: Partial<EndedAttempt> = {}) => writeCmcd(response(change));

describe("an attempt that delivered", () => {
  test("is told with its code, its times and its pace", () =>
    assert.equal(
      text(),
      'br=(400),cdn="a",d=2000,e=rr,rc=200,ttfb=40,ttlb=500,url="http://a/low/1.m4s"',
    ));
  test("is told without a pace where it brought but the rest of a body", () => {
    const { d, br, ttlb } = response({ fromByte: 60_000, bytes: 40_000, status: 206 });
    assert.deepEqual([d, br, ttlb], [undefined, undefined, 500]);
  });
  test("is told without a pace where it was a probe's", () => {
    const { d, br } = response({ purpose: "probe", status: 206 });
    assert.deepEqual([d, br], [undefined, undefined]);
  });
  for (const [kind, type] of [
    ["multivariant-playlist", "m"],
    ["media-playlist", "m"],
    ["key", "k"],
    ["segment", undefined],
    ["other", undefined],
  ] as const) {
    test(`says of a ${kind} that it is ${type ?? "of a kind that is not known"}`, () =>
      assert.equal(response({ kind, durationMs: undefined })["ot"], type));
  }
});

describe("an attempt that failed", () => {
  for (const [outcome, status, code] of [
    ["refused", undefined, 0],
    ["no-first-byte", undefined, 0],
    // It began with 200, and was no answer for all that.
    ["silence", 200, 0],
    ["too-slow", 200, 0],
    ["truncated", 206, 0],
    ["wrong-length", 200, 0],
    ["wrong-range", 200, 0],
    ["not-a-playlist", 200, 0],
    ["status-5xx", 503, 503],
    ["status-4xx", 404, 404],
  ] as const) {
    test(`for ${outcome} has the code ${code}, and says why`, () => {
      const ended = { ...WHOLE, outcome, status };
      const keys = writeResponse(ended);
      assert.equal(keys["rc"], code);
      assert.equal(keys["com.understudy-reason"], outcome);
      assert.equal(keys["ttlb"], undefined);
      assert.equal(hasFailed(ended), true);
    });
  }
  test("without a first byte has no time to it", () =>
    assert.equal(response({ outcome: "refused", firstByteMs: undefined })["ttfb"], undefined));
});

describe("an attempt that was given up", () => {
  for (const outcome of ["aborted", "restart", "moved"] as const) {
    test(`(${outcome}) is told without a code, and is no failure`, () => {
      const ended: EndedAttempt = { ...WHOLE, outcome, status: undefined, purpose: "hedge" };
      const keys = writeResponse(ended);
      assert.equal(keys["rc"], undefined);
      assert.equal(keys["com.understudy-reason"], outcome);
      assert.equal(keys["com.understudy-attempt"], "hedge");
      assert.equal(hasFailed(ended), false);
    });
  }
});

test("whatever it came to, the library has no objection", () => {
  const attempts: Partial<EndedAttempt>[] = [
    {},
    { outcome: "refused", status: undefined, firstByteMs: undefined, lastByteMs: undefined },
    { outcome: "aborted", status: undefined, purpose: "hedge" },
    { purpose: "probe", pathway: undefined },
    { kind: "key", durationMs: undefined },
    { url: `http://a/${"x".repeat(3_000)}`, pathway: "p".repeat(300) },
  ];
  for (const change of attempts) {
    const { valid, issues } = validateCmcdEvents(
      writeCmcd({ ...response(change), ts: 1, v: 2, sn: 0 }),
    );
    assert.deepEqual([valid, issues], [true, []]);
  }
});
