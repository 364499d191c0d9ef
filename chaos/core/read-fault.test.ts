import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULT_NAMES } from "../contract/faults.ts";
import { readFault } from "./read-fault.ts";

const refusal = (body: unknown) => {
  const reading = readFault(body);
  assert.ok(!reading.ok);
  return reading;
};

describe("readFault()", () => {
  for (const fault of ["refuse", "flap"] as const) {
    test(`accepts ${fault}, which has no scope`, () => {
      assert.ok(readFault({ fault, seconds: 5 }).ok);
      for (const scope of [{ share: 0.5 }, { paths: ["*"] }, { seed: "a" }]) {
        assert.equal(refusal({ fault, seconds: 5, ...scope }).reason, "bad-parameter");
      }
    });
  }
  for (const fault of FAULT_NAMES.filter((name) => name !== "refuse" && name !== "flap")) {
    test(`accepts ${fault} with its scope`, () => {
      const body = { fault, seconds: 5, share: 0.5, paths: ["*.m4s"], seed: "a" };
      assert.deepEqual(readFault(body), { ok: true, fault: body });
    });
  }
  for (const body of [
    { fault: "trickle", seconds: 0.5, bytesPerSecond: 1 },
    { fault: "status-503", seconds: 3_600, retryAfterSeconds: 0 },
    { fault: "brownout", seconds: 1, bytesPerSecond: 100_000 },
    { fault: "latency", seconds: 1, ms: 0, jitterMs: 60_000 },
    { fault: "reset", seconds: 1, bytes: 0 },
    { fault: "flap", seconds: 60, downSeconds: 0.1, upSeconds: 3_600 },
  ]) {
    test(`accepts ${JSON.stringify(body)}`, () => assert.ok(readFault(body).ok));
  }

  for (const body of [
    { fault: "brownout", seconds: 1, bytesPerSecond: 0 },
    { fault: "latency", seconds: 1, ms: -1 },
    { fault: "latency", seconds: 1, jitterMs: 60_001 },
    { fault: "latency", seconds: 1, ms: Number.NaN },
    { fault: "reset", seconds: 1, bytes: 1.5 },
    { fault: "flap", seconds: 1, downSeconds: 0 },
    { fault: "flap", seconds: 1, upSeconds: "2" },
  ]) {
    test(`refuses ${JSON.stringify(body)}`, () =>
      assert.equal(refusal(body).reason, "bad-parameter"));
  }
  for (const body of [undefined, null, "blackhole", [], {}, { fault: 5 }, { fault: "toString" }]) {
    test(`names the faults to one who sent ${JSON.stringify(body)}`, () => {
      const { reason, detail } = refusal(body);
      assert.equal(reason, "unknown-fault");
      for (const name of FAULT_NAMES) assert.ok(detail.includes(name), detail);
    });
  }

  for (const [body, flaw] of [
    [{}, /^seconds is missing\./],
    [{ seconds: 0 }, /^seconds must be > 0\./],
    [{ seconds: 3_601 }, /^seconds must be <= 3600\./],
    [{ seconds: "5" }, /^seconds must be number\./],
    [{ seconds: 5, share: 0 }, /^share must be > 0\./],
    [{ seconds: 5, share: 1.1 }, /^share must be <= 1\./],
    [{ seconds: 5, paths: [] }, /^paths /],
    [{ seconds: 5, paths: [""] }, /^paths 0 /],
    [{ seconds: 5, paths: "*" }, /^paths must be array\./],
    [{ seconds: 5, seed: "" }, /^seed /],
    [{ seconds: 5, bytesPerSecond: 5 }, /^There is no parameter bytesPerSecond\./],
    [{ seconds: 5, retryAfterSeconds: 1.5 }, /^retryAfterSeconds must be integer\./],
    [JSON.parse('{"seconds":5,"__proto__":1}'), /^There is no parameter __proto__\./],
  ] as const) {
    test(`says what is wrong and what is right: ${JSON.stringify(body)}`, () => {
      const { reason, detail } = refusal({ ...body, fault: "status-503" });
      assert.equal(reason, "bad-parameter");
      assert.match(detail, flaw);
      assert.match(detail, /status-503 takes: .*retryAfterSeconds \(integer, at least 0/);
      assert.match(detail, /seconds \(number, over 0, at most 3600; after which it heals/);
    });
  }
});
