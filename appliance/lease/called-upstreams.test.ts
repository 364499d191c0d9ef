import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { ApplianceReport, type UpstreamState } from "../contract/appliance-status.ts";
import { calledUpstreams } from "./called-upstreams.ts";

const STATE: UpstreamState = {
  url: "http://origin.test",
  role: "origin",
  breaker: "closed",
  active: 1,
  queued: 2,
  calls: 10,
  resumes: 3,
  failures: { unreachable: 1, timeout: 2, broken: 3, unavailable: 1 },
};

describe("a heartbeat says of an upstream", () => {
  test("how often it was called, and how often in vain", () =>
    assert.deepEqual(calledUpstreams([STATE]), [
      { url: "http://origin.test", calls: 10, failures: 7 },
    ]));
  test("nothing that would not fit on the wire", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...STATE,
      url: `http://${index}.test`,
    }));
    const called = calledUpstreams([{ ...STATE, url: `http://${"x".repeat(256)}` }, ...many]);
    assert.equal(called[0]?.url, "http://0.test");
    assert.equal(called.length, 16);
    assert.ok(Value.Check(ApplianceReport.properties.upstreams, called));
  });
});
