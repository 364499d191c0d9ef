import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CMCD_EVENT_MODE, type Cmcd, encodeCmcd, toCmcdQuery } from "@svta/cml-cmcd";
import fc from "fast-check";
import { readPlayerReport } from "../core/reports/read-player-report.ts";
import { readCmcdLines, splitCmcdBody } from "./read-cmcd-body.ts";

const RESPONSE: Cmcd = {
  v: 2,
  e: "rr",
  ts: 1_760_000_000_000,
  sid: "a-playback",
  sn: 7,
  cdn: "east-1",
  url: "http://east-1.test/vod/film/high/3.m4s",
  rc: 200,
  ttfb: 20,
  ttlb: 1_000,
  br: [3_200],
  d: 4_000,
  ot: "v",
};

const read = (body: string) => readCmcdLines(splitCmcdBody(body));
const encode = (cmcd: Cmcd) => encodeCmcd(cmcd, { version: 2, reportingMode: CMCD_EVENT_MODE });

describe("a body", () => {
  test("of what the library writes is read back, a report for each line", () => {
    const { reports, malformed } = read(
      `${encode(RESPONSE)}\n${encode({ v: 2, e: "ps", ts: 1, sta: "r" })}`,
    );
    assert.deepEqual(reports, [RESPONSE, { v: 2, e: "ps", ts: 1, sta: "r" }]);
    assert.equal(malformed, 0);
  });
  test("may end its lines in either way, and with one too many", () =>
    assert.equal(read(`${encode(RESPONSE)}\r\n\r\n${encode(RESPONSE)}\n`).reports.length, 2));
  test("may hold what stands in a query", () => {
    const query = toCmcdQuery({ v: 2, cdn: "east-1", mtp: [5_000] }, { version: 2 });
    assert.deepEqual(read(query).reports, [{ v: 2, cdn: "east-1", mtp: [5_000] }]);
  });
  test("of version 1 is read as of version 2", () =>
    assert.equal(
      readPlayerReport(read('mtp=5000,bs,sid="x"').reports[0] ?? {}).throughputBitsPerSecond,
      5_000_000,
    ));
  test("of garbage between reports loses only the garbage", () => {
    const { reports, malformed } = read(`!!\n${encode(RESPONSE)}\n{"v":2}\ne=rr, __proto__=1`);
    assert.equal(reports.length, 1);
    assert.equal(malformed, 3);
  });
  for (const [name, line] of [
    ["an endless line", `cdn="${"x".repeat(4_096)}"`],
    ["an endless list", `mtp=(${"1 ".repeat(3_000)})`],
    ["a number that is none", "ttfb=1e999"],
    ["a number beyond what may be written", "ts=99999999999999999"],
    ["an open list", "br=("],
    ["a list in JSON", '[{"v":2}]'],
  ] as const) {
    test(`with ${name} is counted`, () =>
      assert.deepEqual(read(line), { reports: [], malformed: 1 }));
  }
});

test("whatever the body, each of its lines is a report or counted, and nothing is inherited", () => {
  const anyLine = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      encode(RESPONSE),
      "constructor=1",
      "__proto__",
      "rc=-5,e=rr",
      "CMCD=%",
      "CMCD=%00",
    ),
  );
  fc.assert(
    fc.property(fc.array(anyLine), (lines) => {
      const body = lines.join("\n");
      const { reports, malformed } = read(body);
      assert.equal(reports.length + malformed, splitCmcdBody(body).length);
      for (const report of reports) readPlayerReport(report);
      assert.equal(({} as Record<string, unknown>)["rc"], undefined);
    }),
  );
});
