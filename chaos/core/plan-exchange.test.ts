import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fault } from "../contract/faults.ts";
import type { FrozenAnswer } from "./answer-recording.ts";
import type { DeclaredBody } from "./body-framing.ts";
import { fillIn, isOfRequests } from "./fault-run.ts";
import { type Progress, planExchange, type Touch } from "./plan-exchange.ts";

const POLICY = { cutUnknownAfterBytes: 100 };
const LENGTH = (bytes: number): DeclaredBody => ({ kind: "length", bytes });
const inBody = (body: DeclaredBody, passedBytes = 0): Progress => ({
  at: "body",
  body,
  passedBytes,
});

const FROZEN: FrozenAnswer = { fields: [], body: new Uint8Array() };

function touchOf(fault: Fault["fault"], frozen: FrozenAnswer | undefined): Touch {
  const filled = fillIn({ fault, seconds: 1 }, "s");
  assert.ok(isOfRequests(filled));
  return { fault: filled, number: 1, frozen };
}

/** Such as `stop after 5: silence`, `answer`, `pass: no-body`. */
function planOf(fault: Fault["fault"], progress: Progress, frozen?: FrozenAnswer): string {
  const plan = planExchange(touchOf(fault, frozen), progress, POLICY);
  switch (plan.action) {
    case "pass":
      return `pass: ${plan.reason}`;
    case "stop":
      return `stop after ${plan.afterBytes}: ${plan.ending}`;
    case "pace":
      return `pace at ${plan.bytesPerSecond}`;
    case "answer":
      return `answer: ${plan.answer.kind}`;
    case "record":
    case "spoil":
      return plan.action;
    case "delay":
      return `delay by ${plan.delayMs}`;
  }
}

const AWAITED: Progress = { at: "awaited" };
const HEAD: Progress = { at: "head" };

describe("planExchange()", () => {
  for (const [fault, progress, plan] of [
    ["blackhole", AWAITED, "stop after 0: silence"],
    ["blackhole", HEAD, "stop after 0: silence"],
    ["blackhole", inBody(LENGTH(10), 3), "stop after 0: silence"],
    ["blackhole", inBody({ kind: "opaque" }), "stop after 0: silence"],
    ["hang-mid", AWAITED, "pass: body-not-begun"],
    ["hang-mid", HEAD, "pass: body-not-begun"],
    ["hang-mid", inBody(LENGTH(10)), "stop after 5: silence"],
    ["hang-mid", inBody(LENGTH(11), 4), "stop after 1: silence"],
    ["hang-mid", inBody(LENGTH(10), 5), "stop after 0: silence"],
    ["hang-mid", inBody(LENGTH(10), 9), "stop after 0: silence"],
    ["hang-mid", inBody(LENGTH(1)), "stop after 0: silence"],
    ["hang-mid", inBody({ kind: "none" }), "pass: no-body"],
    ["hang-mid", inBody({ kind: "chunked" }, 30), "stop after 70: silence"],
    ["hang-mid", inBody({ kind: "until-close" }, 300), "stop after 0: silence"],
    ["hang-mid", inBody({ kind: "opaque" }), "pass: not-http"],
    ["truncate", inBody(LENGTH(10), 2), "stop after 3: end"],
    ["truncate", inBody({ kind: "chunked" }), "stop after 100: end"],
    ["truncate", AWAITED, "pass: body-not-begun"],
    ["trickle", AWAITED, "pace at 8000"],
    ["trickle", inBody(LENGTH(10), 9), "pace at 8000"],
    ["trickle", inBody({ kind: "opaque" }), "pass: not-http"],
    ["brownout", AWAITED, "pass: body-not-begun"],
    ["brownout", HEAD, "pass: body-not-begun"],
    ["brownout", inBody(LENGTH(10), 9), "pace at 25000"],
    ["brownout", inBody({ kind: "chunked" }), "pace at 25000"],
    ["brownout", inBody({ kind: "opaque" }), "pass: not-http"],
    ["latency", AWAITED, "delay by 300"],
    ["latency", HEAD, "pass: head-was-sent"],
    ["latency", inBody(LENGTH(10)), "pass: head-was-sent"],
    ["latency", inBody({ kind: "opaque" }), "pass: not-http"],
    ["reset", AWAITED, "pass: body-not-begun"],
    ["reset", inBody(LENGTH(16_385)), "stop after 16384: reset"],
    ["reset", inBody(LENGTH(16_385), 16_384), "stop after 0: reset"],
    ["reset", inBody(LENGTH(16_384)), "stop after 8192: reset"],
    ["reset", inBody(LENGTH(1)), "stop after 0: reset"],
    ["reset", inBody({ kind: "none" }), "pass: no-body"],
    ["reset", inBody({ kind: "chunked" }, 384), "stop after 16000: reset"],
    ["reset", inBody({ kind: "opaque" }), "pass: not-http"],
    ["stale-playlist", AWAITED, "record"],
    ["stale-playlist", inBody(LENGTH(10), 3), "record"],
    ["stale-playlist", inBody({ kind: "opaque" }), "pass: not-http"],
    ["status-404", AWAITED, "answer: missing"],
    ["html-200", AWAITED, "answer: page"],
    ["html-200", HEAD, "pass: status-was-sent"],
    ["redirect-dead", AWAITED, "answer: redirect"],
    ["corrupt", AWAITED, "pass: body-not-begun"],
    ["corrupt", inBody(LENGTH(10), 9), "spoil"],
    ["corrupt", inBody({ kind: "chunked" }), "spoil"],
    ["corrupt", inBody({ kind: "none" }), "pass: no-body"],
    ["corrupt", inBody({ kind: "opaque" }), "pass: not-http"],
    ["status-503", AWAITED, "answer: unavailable"],
    ["status-503", HEAD, "pass: status-was-sent"],
    ["status-503", inBody(LENGTH(10)), "pass: status-was-sent"],
    ["status-503", inBody({ kind: "opaque" }), "pass: not-http"],
  ] as const) {
    test(`${fault}, ${JSON.stringify(progress)}: ${plan}`, () =>
      assert.equal(planOf(fault, progress), plan));
  }
  for (const [progress, plan] of [
    [AWAITED, "answer: frozen"],
    [HEAD, "pass: status-was-sent"],
    [inBody(LENGTH(10)), "pass: status-was-sent"],
  ] as const) {
    test(`stale-playlist that has kept an answer, ${JSON.stringify(progress)}: ${plan}`, () =>
      assert.equal(planOf("stale-playlist", progress, FROZEN), plan));
  }
  test("without a fault everything passes", () =>
    assert.deepEqual(planExchange(undefined, AWAITED, POLICY), {
      action: "pass",
      reason: "no-fault",
    }));
});
