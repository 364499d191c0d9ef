import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseContentRange } from "../../kernel/byte-range.ts";
import { LIFETIMES } from "./lifetimes.rig.ts";
import { describeAnswer } from "./stored-metadata.ts";
import { coverageOf, joinParts, type PartMetadata, partOf } from "./stored-part.ts";

describe("partOf()", () => {
  for (const [header, bodyBytes, expected] of [
    ["bytes 0-4/10", 5, "from 0 of 10"],
    ["bytes 4-9/10", 6, "from 4 of 10"],
    // It reaches the end and is one byte short: the origin counts its last byte from one.
    ["bytes 4-9/10", 5, "from 4 of 9, inexact"],
    ["bytes 4-8/10", 4, undefined],
    ["bytes 4-9/10", 4, undefined],
    ["bytes 4-9/10", 7, undefined],
    ["bytes 4-9/10", 0, undefined],
    ["bytes 4-9/*", 6, undefined],
    ["bytes 4-10/10", 7, undefined],
    [undefined, 5, undefined],
  ] as const) {
    test(`"${header}" with ${bodyBytes} bytes: ${expected}`, () => {
      const part = partOf(parseContentRange(header), bodyBytes);
      const brief =
        part && `from ${part.firstByte} of ${part.completeBytes}${part.isExact ? "" : ", inexact"}`;
      assert.equal(brief, expected);
    });
  }
});

/** Bytes from `firstByte` to before `end` of ten. */
function part(
  firstByte: number,
  end: number,
  { etag = '"1"', isExact = true, completeBytes = 10 } = {},
): PartMetadata {
  const answer = {
    status: 206,
    fields: { "cache-control": "max-age=6", etag },
    requestedAtWallMs: 1,
    arrivedAtWallMs: 1,
  };
  const described = describeAnswer("/a", answer, end - firstByte, LIFETIMES);
  return { ...described, part: { firstByte, completeBytes, isExact } };
}

describe("coverageOf()", () => {
  const INEXACT = part(4, 9, { isExact: false, completeBytes: 9 });
  for (const [range, metadata, expected] of [
    ["bytes=4-8", part(4, 9), "4-8"],
    ["bytes=6-7", part(4, 9), "6-7"],
    ["bytes=3-8", part(4, 9), "not-covered"],
    ["bytes=4-9", part(4, 9), "not-covered"],
    ["bytes=-1", part(4, 9), "not-covered"],
    ["bytes=-3", part(4, 10), "7-9"],
    ["bytes=6-", part(4, 10), "6-9"],
    ["bytes=10-", part(4, 10), "not-covered"],
    [undefined, part(0, 5), "rest 5-9"],
    [undefined, part(4, 10), "rest 0-3"],
    [undefined, part(4, 9), "not-covered"],
    ["bytes=0-1, 3-4", part(0, 5), "rest 5-9"],
    ["bytes=6-8", INEXACT, "6-8"],
    ["bytes=6-", INEXACT, "6-8"],
    ["bytes=-1", INEXACT, "8-8"],
    ["bytes=-5", INEXACT, "4-8"],
    [undefined, INEXACT, "not-covered"],
  ] as const) {
    const { firstByte, completeBytes } = metadata.part;
    const end = firstByte + metadata.sizeBytes;
    test(`${range} of ${firstByte}-${end - 1}/${completeBytes}: ${expected}`, () => {
      const coverage = coverageOf(range, metadata);
      const brief = {
        covered: () => (coverage.kind === "covered" ? rangeText(coverage.range) : ""),
        "rest-missing": () =>
          coverage.kind === "rest-missing" ? `rest ${rangeText(coverage.missing)}` : "",
        "not-covered": () => "not-covered",
      }[coverage.kind]();
      assert.equal(brief, expected);
    });
  }
});

describe("joinParts()", () => {
  for (const [name, stored, arrived] of [
    ["nothing stored", undefined, part(5, 10)],
    ["a gap between them", part(0, 4), part(5, 10)],
    ["another version", part(0, 5, { etag: '"0"' }), part(5, 10)],
    ["a weak validator", part(0, 5, { etag: 'W/"1"' }), part(5, 10, { etag: 'W/"1"' })],
    ["no validator", part(0, 5, { etag: "" }), part(5, 10, { etag: "" })],
    ["another size", part(0, 5, { completeBytes: 11 }), part(5, 10)],
    ["an origin that contradicts itself", part(0, 5, { isExact: false }), part(5, 10)],
  ] as const) {
    test(`joins nothing with ${name}`, () => assert.equal(joinParts(stored, arrived), undefined));
  }

  test("of all bytes makes the whole", () => {
    const joined = joinParts(part(0, 5), part(5, 10));
    assert.equal(joined?.metadata.status, 200);
    assert.deepEqual([joined?.metadata.part, joined?.metadata.sizeBytes], [undefined, 10]);
  });

  test("gives each byte its own place, whatever is joined", () => {
    const object = "0123456789";
    const bounds = fc.tuple(fc.nat(9), fc.nat(9)).map(([one, two]) => ({
      first: Math.min(one, two),
      end: Math.max(one, two) + 1,
    }));
    fc.assert(
      fc.property(bounds, bounds, (old, late) => {
        const joined = joinParts(part(old.first, old.end), part(late.first, late.end));
        if (joined === undefined) return late.first > old.end || old.first > late.end;
        const bytes = {
          stored: object.slice(old.first, old.end),
          arrived: object.slice(late.first, late.end),
        };
        const text = joined.pieces.map(({ of, from, to }) => bytes[of].slice(from, to)).join("");
        const first = joined.metadata.part?.firstByte ?? 0;
        return text === object.slice(first, first + joined.metadata.sizeBytes);
      }),
    );
  });
});

function rangeText({ first, last }: { readonly first: number; readonly last: number }): string {
  return `${first}-${last}`;
}
