import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { effectiveCacheControl, parseDictionary } from "./targeted-cache-control.ts";

describe("effectiveCacheControl()", () => {
  const general = { "cache-control": "max-age=1" };
  for (const [fields, expectedSeconds] of [
    [{}, 1],
    [{ "cdn-cache-control": "max-age=9" }, 9],
    [{ "cdn-cache-control": "max-age=0" }, 0],
    [{ "cdn-cache-control": "foobar, max-age=9" }, 9],
    [{ "cdn-cache-control": "max-age=9;for=you" }, 9],
    [{ "cdn-cache-control": "max-age=8, max-age=9" }, 9],
    [{ "cdn-cache-control": "max-age=99999999999" }, 2 ** 31],
    // What does not parse is as if it were not there (RFC 9213 §2.2).
    [{ "cdn-cache-control": "" }, 1],
    [{ "cdn-cache-control": "max-age=9, &&&" }, 1],
    [{ "cdn-cache-control": "max-age=9," }, 1],
    [{ "cdn-cache-control": "max-age =9" }, 1],
    [{ "cdn-cache-control": "max-age= 9" }, 1],
    [{ "cdn-cache-control": "MaX-aGe=9" }, 1],
    // What parses counts, and a value of the wrong type says nothing (RFC 9213 §2.1).
    [{ "cdn-cache-control": 'max-age="9"' }, undefined],
    [{ "cdn-cache-control": "max-age=9.5" }, undefined],
    [{ "cdn-cache-control": "max-age" }, undefined],
    [{ "cdn-cache-control": "max-age=8", "understudy-cdn-cache-control": "max-age=9" }, 9],
    [{ "cdn-cache-control": "max-age=9", "surrogate-control": "max-age=8" }, 9],
    [{ "surrogate-control": "MaX-aGe=9" }, 9],
    [{ "surrogate-control": "max-age=9;understudy" }, 9],
    [{ "surrogate-control": "max-age=9;other" }, 1],
    [{ "surrogate-control": "max-age=9;other, no-store;other" }, 1],
    [{ "surrogate-control": "max-age=8;other, max-age=9" }, 9],
    [{ "surrogate-control": 'max-age=9, content="ESI/1.0"' }, 9],
    [{ "surrogate-control": "max-age=9+600" }, 1],
  ] as const) {
    test(`of ${JSON.stringify(fields)} is fresh for ${expectedSeconds} s`, () => {
      const { cacheControl } = effectiveCacheControl({ ...general, ...fields });
      assert.equal(cacheControl.maxAgeSeconds, expectedSeconds);
    });
  }
  test("lets what is meant for us lift what is meant for all", () => {
    const fields = { "cache-control": "no-store", "cdn-cache-control": "max-age=9" };
    const { cacheControl, isTargeted } = effectiveCacheControl(fields);
    assert.deepEqual([cacheControl.noStore, isTargeted], [false, true]);
  });
  for (const directive of ["no-store", "no-cache", "private"] as const) {
    test(`reads ${directive}, and not its denial`, () => {
      const of = (text: string) => effectiveCacheControl({ "cdn-cache-control": text });
      const read = (text: string) => {
        const { noStore, noCache, private: isPrivate } = of(text).cacheControl;
        return noStore || noCache || isPrivate;
      };
      assert.deepEqual([read(directive), read(`${directive}=?0`)], [true, false]);
    });
  }
});

test("parseDictionary() takes any text without throwing", () =>
  fc.assert(
    fc.property(fc.string(), (text) => {
      const members = parseDictionary(text);
      return members === undefined || members.length > 0;
    }),
  ));
