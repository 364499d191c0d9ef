import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConformanceResult, FailedTest } from "../contract/conformance-result.ts";
import { conformanceTable } from "./conformance-table.ts";

const tally = (passed: number, total: number) => ({ passed, total });
const failure = (id: string, more: Partial<FailedTest>): FailedTest => ({
  id,
  kind: "required",
  group: "stale",
  reason: "The RFC forbids it.",
  said: "Response 2 status is 504, not 200",
  explained: true,
  root: id,
  ...more,
});

const RESULT: ConformanceResult = {
  system: "understudy",
  version: "0.1.0",
  suite: "http-cache-tests 0.4.5",
  commit: null,
  startedAt: "2026-11-24T01:02:03.000Z",
  required: tally(148, 165),
  optimal: tally(82, 95),
  check: tally(40, 90),
  groups: [{ group: "stale", required: tally(8, 10), optimal: tally(0, 0), check: tally(1, 2) }],
  failed: [
    failure("stale-close", {}),
    failure("stale-odd", { explained: false, reason: "It hangs", said: "It hangs" }),
    failure("stale-follower", { root: "stale-close" }),
    failure("a-question", { kind: "check" }),
    failure("asker", { root: "a-question", explained: false }),
  ],
};

describe("conformanceTable()", () => {
  const text = conformanceTable(RESULT);
  test("has a row for each group, and the totals below", () => {
    assert.match(text, /^ {2}stale +8\/10 +– +1\/2$/m);
    assert.match(text, /^ {2}total +148\/165 +82\/95 +40\/90$/m);
  });
  test("gives our reason and the suite's words", () =>
    assert.match(
      text,
      /stale-close \(required\): The RFC forbids it\. \[Response 2 status is 504/,
    ));
  test("sets apart what nobody has explained", () =>
    assert.match(text, /nobody has said why:\n {2}stale-odd \(required\): It hangs\n/));
  test("names who depends on a failure behind it, and nowhere else", () => {
    assert.match(text, /stale-close .*\]; and with it stale-follower$/m);
    assert.equal(text.split("stale-follower").length, 2);
  });
  test("lists no question that was answered with no, but those that depend on it", () => {
    assert.doesNotMatch(text, /a-question \(check\)/);
    assert.match(text, /a-question, a question answered with no; and with it asker$/m);
  });
});
