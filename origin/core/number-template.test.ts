import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { findNumberTemplate, type NumberTemplate } from "./number-template.ts";

describe("findNumberTemplate()", () => {
  for (const [paths, media, startNumber] of [
    [["v/segment-00001.m4s", "v/segment-00002.m4s"], "v/segment-$Number%05d$.m4s", 1],
    [["0.m4s", "1.m4s"], "$Number$.m4s", 0],
    [["9.m4s", "10.m4s"], "$Number$.m4s", 9],
    [["v/99", "v/100"], "v/$Number%02d$", 99],
    [["2026/v1/007.m4s"], "2026/v1/$Number%03d$.m4s", 7],
    [["a1b002.m4s", "a1b003.m4s"], "a1b$Number%03d$.m4s", 2],
    [[`${"0".repeat(12)}.m4s`], "$Number%012d$.m4s", 0],
  ] as const) {
    test(`${paths.join(", ")}: ${media} from ${startNumber}`, () =>
      assert.deepEqual(findNumberTemplate(paths), { media, startNumber }));
  }
  for (const paths of [
    [],
    ["v/first.m4s"],
    ["v/1.m4s", "v/3.m4s"],
    ["v/2.m4s", "v/1.m4s"],
    ["v/1.m4s", "v/1.m4s"],
    ["v/1.m4s", "w/2.m4s"],
    ["v/1.m4s", "v/2.mp4"],
    ["v/01.m4s", "v/2.m4s"],
    ["v/9.m4s", "v/010.m4s"],
    ["v1/part.m4s", "v2/part.m4s"],
    ["1.tar.gz", "2.tar.gz"],
    ["9007199254740991.m4s"],
  ]) {
    test(`[${paths.join(", ")}]: none`, () => assert.equal(findNumberTemplate(paths), undefined));
  }
});

test("a template that is found makes every name again", () =>
  fc.assert(
    fc.property(
      fc.constantFrom("", "v/", "v/segment-", "a1/b."),
      fc.nat(2_000),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 300 }),
      (before, first, width, count) => {
        const paths = Array.from(
          { length: count },
          (_, place) => `${before}${String(first + place).padStart(width, "0")}.m4s`,
        );
        const found = findNumberTemplate(paths);
        assert.ok(found);
        assert.deepEqual(
          paths.map((_, place) => expand(found, place)),
          paths,
        );
      },
    ),
  ));

/** As a player does it: C's `%0[width]d`, and 1 where there is no width. */
function expand({ media, startNumber }: NumberTemplate, place: number): string {
  return media.replace(/\$Number(?:%0(\d+)d)?\$/, (_, width: string | undefined) =>
    String(startNumber + place).padStart(Number(width ?? 1), "0"),
  );
}
