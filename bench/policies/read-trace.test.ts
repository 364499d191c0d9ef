import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseTrace, readTrace, TRACE_LIMITS } from "./read-trace.ts";
import { TraceBuilder } from "./trace.ts";
import { formatTrace, nameTraceFile } from "./write-trace.ts";

async function* piecesOf(text: string, length: number) {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

const parse = (text: string, limits = TRACE_LIMITS) => parseTrace(piecesOf(text, 7), limits);

async function describeTrace(text: string): Promise<string> {
  const { objects, asked, timesMs } = await parse(text);
  return Array.from(asked, (index, row) => {
    const object = objects[index];
    return `${timesMs[row]} ${object?.key} ${object?.sizeBytes}`;
  }).join(", ");
}

describe("parseTrace()", () => {
  for (const [name, text, expected] of [
    ["without a header", "5,7,100\n6,8,200\n", "0 7 100, 1000 8 200"],
    ["with libCacheSim's header", "time,obj_id,obj_size\n0,7,100\n", "0 7 100"],
    ["columns in another order", "size,ts,op,key\n100,0,get,/a.ts\n", "0 /a.ts 100"],
    ["fractions of a second", "1.5,7,100\n1.75,7,100\n", "0 7 100, 250 7 100"],
    ["no line end at the end", "0,7,100", "0 7 100"],
    ["Windows' line ends and blank lines", "0,7,100\r\n\r\n1,7,100\r\n", "0 7 100, 1000 7 100"],
    ["an object keeps its first size", "0,7,100\n1,7,900\n", "0 7 100, 1000 7 100"],
    ["an object without size is a byte", "0,7,0\n", "0 7 1"],
    [
      "out of order, it is put in order",
      "2,7,100\n3,8,200\n2.5,9,1\n",
      "0 7 100, 500 9 1, 1000 8 200",
    ],
  ] as const) {
    test(name, async () => assert.equal(await describeTrace(text), expected));
  }

  for (const [name, text, message] of [
    ["an empty file", "", /no request/],
    ["a header alone", "time,obj_id,obj_size\n", /no request/],
    ["a row too short", "0,7,100\n1,7\n", /line 2 is not/],
    ["a size that is no number", "0,7,100\n1,7,big\n", /line 2 is not/],
    ["a negative size", "0,7,-1\n", /line 1 is not/],
    ["a time that is no number", "time,obj_id,obj_size\nx,7,1\n", /line 2 is not/],
    ["an object without name", "0,,1\n", /line 1 is not/],
    ["a line without end", `0,7,${"1".repeat(5_000)}`, /line 1 is longer than 4096/],
  ] as const) {
    test(`refuses ${name}`, () => assert.rejects(parse(text), { name: "BenchError", message }));
  }

  test("takes no more than its limits", async () => {
    const limits = { ...TRACE_LIMITS, maxRequests: 2 };
    await parse("0,7,1\n1,7,1\n", limits);
    await assert.rejects(parse("0,7,1\n1,7,1\n2,7,1\n", limits), { name: "BenchError" });
  });

  test("tells segments by their names", async () => {
    const { objects } = await parse("0,/vod/tram/v1/segment-7.m4s,100\n");
    assert.equal(objects[0]?.traits.number, 7);
  });

  test("reads what was written", async () => {
    const builder = new TraceBuilder();
    builder.ask(0, builder.objectIndex("/a,b/1.ts", 100));
    builder.ask(1_250, builder.objectIndex("/c/2.ts", 200));
    const text = [...formatTrace(builder.build())].join("");
    assert.equal(await describeTrace(text), "0 /a%2Cb/1.ts 100, 1250 /c/2.ts 200");
  });
});

test("a trace that is not there is told in one line", () =>
  assert.rejects(readTrace("/nowhere/trace.csv"), {
    name: "BenchError",
    message: "--trace: /nowhere/trace.csv cannot be read (ENOENT).",
  }));

for (const [file, expected] of [
  ["out.csv", "out-mixed.csv"],
  ["a.b/out", "a.b/out-mixed"],
  ["a/.csv", "a/.csv-mixed"],
] as const) {
  test(`the trace of mixed goes to ${expected} where ${file} is asked for`, () =>
    assert.equal(nameTraceFile(file, "mixed"), expected));
}
