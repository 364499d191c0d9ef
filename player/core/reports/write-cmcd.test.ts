import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Cmcd, decodeCmcd, encodeCmcd, fromCmcdHeaders, validateCmcd } from "@svta/cml-cmcd";
import fc from "fast-check";
import { type CmcdData, withCmcdQuery, writeCmcd, writeCmcdHeaders } from "./write-cmcd.ts";

describe("CMCD is written", () => {
  for (const [name, data, text] of [
    ["in the order of the alphabet", { v: 2, sid: "a", d: 2_000 }, 'd=2000,sid="a",v=2'],
    ["with tokens as they are", { sta: "p", sf: "h", e: "ps" }, "e=ps,sf=h,sta=p"],
    ["with a mere name for what is so", { su: true, bs: true, bg: false }, "bg=?0,bs,su"],
    ["with lists", { bl: [2_100], ec: ["A", "B"] }, 'bl=(2100),ec=("A" "B")'],
    ["without what is not known", { rc: undefined, br: [], d: Number.NaN, sn: 0 }, "sn=0"],
    ["with quotes that are escaped", { cid: 'a "b" \\c' }, 'cid="a \\"b\\" \\\\c"'],
    ["in ASCII", { cid: "Fährmann\n" }, 'cid="F?hrmann?"'],
    ["with three decimals at most", { pr: 1.23456 }, "pr=1.235"],
    ["with values of one's own cut", { "com.a-b": "x".repeat(99) }, `com.a-b="${"x".repeat(64)}"`],
    ["not at all where nothing is known", {}, ""],
  ] as const) {
    test(name, () => assert.equal(writeCmcd(data), text));
  }

  test("as the library writes it", () => {
    const data = { bl: [2_100], br: [800], cdn: "a-1", d: 2_000, msd: 700, ot: "m", sf: "h", v: 2 };
    const { d: _, ...without } = data;
    assert.equal(writeCmcd(without), encodeCmcd(data as Cmcd));
  });

  test("so that the library reads the same, whatever the text", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), fc.integer(), (text, number) => {
        const data = decodeCmcd(writeCmcd({ cid: text, d: number, v: 2 }));
        assert.deepEqual(data, { cid: text, d: number, v: 2 });
      }),
    ));
});

const REQUEST: CmcdData = {
  bl: [4_000],
  bs: true,
  cdn: "east-1",
  cid: "film",
  d: 2_000,
  mtp: [3_400],
  sf: "h",
  sid: "a",
  sn: 3,
  st: "v",
  sta: "p",
  v: 2,
};

describe("in a query it", () => {
  for (const [url, expected] of [
    ["http://a/1.m4s", "http://a/1.m4s?CMCD="],
    ["http://a/1.m4s?t=1", "http://a/1.m4s?t=1&CMCD="],
    ["http://a/1.m4s?CMCD=old&t=1", "http://a/1.m4s?t=1&CMCD="],
    ["http://a/1.m4s?t=a?b&CMCD", "http://a/1.m4s?t=a?b&CMCD="],
    ["http://a/1.m4s?CMCDX=1", "http://a/1.m4s?CMCDX=1&CMCD="],
  ] as const) {
    test(`stands behind what is there, once: ${url}`, () => {
      const written = withCmcdQuery(url, REQUEST);
      assert.equal(written.slice(0, expected.length), expected);
      const cmcd = new URL(written).searchParams.get("CMCD") ?? "";
      assert.equal(cmcd, writeCmcd(REQUEST));
    });
  }
});

test("in headers it is spread over four, as the specification has it", () => {
  const headers = writeCmcdHeaders(REQUEST);
  assert.deepEqual(headers, {
    "CMCD-Object": "d=2000",
    "CMCD-Request": "bl=(4000),mtp=(3400),sn=3,sta=p",
    "CMCD-Session": 'cid="film",sf=h,sid="a",st=v,v=2',
    "CMCD-Status": 'bs,cdn="east-1"',
  });
  assert.equal(validateCmcd(fromCmcdHeaders(headers)).valid, true);
  assert.deepEqual(writeCmcdHeaders({ d: undefined }), {});
});
