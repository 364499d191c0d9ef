import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { changedPaths } from "./changed-paths.ts";

const MANY = 1_000;

describe("two documents", () => {
  for (const [name, before, after, expected] of [
    ["that are equal", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["with another value", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "/a/b", from: 1, to: 2 }]],
    ["with one more field", {}, { a: null }, [{ path: "/a", from: undefined, to: null }]],
    ["with one field less", { a: 1 }, {}, [{ path: "/a", from: 1, to: undefined }]],
    ["with a longer list", [1], [1, 2], [{ path: "/1", from: undefined, to: 2 }]],
    ["of other kinds", { a: [] }, { a: {} }, [{ path: "/a", from: [], to: {} }]],
    [
      "of which one was not there",
      undefined,
      { a: 1 },
      [{ path: "", from: undefined, to: { a: 1 } }],
    ],
    [
      "with names that need escaping",
      { "a/b~c": 1 },
      {},
      [{ path: "/a~1b~0c", from: 1, to: undefined }],
    ],
    [
      "with a dangerous name",
      JSON.parse('{"__proto__":1}'),
      {},
      [{ path: "/__proto__", from: 1, to: undefined }],
    ],
    [
      "with the name of a method",
      { constructor: 1 },
      {},
      [{ path: "/constructor", from: 1, to: undefined }],
    ],
  ] as const) {
    test(name, () => assert.deepEqual(changedPaths(before, after, MANY), expected));
  }
  test("that differ much are told of in part", () => {
    const before = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`f${index}`, index]),
    );
    assert.equal(changedPaths(before, {}, 7).length, 7);
  });
  test("are told in an order that does not depend on theirs", () => {
    const paths = changedPaths({ b: 1, a: 1 }, { a: 2, c: 2 }, MANY).map(({ path }) => path);
    assert.deepEqual(paths, ["/a", "/b", "/c"]);
  });
  test("are the same exactly if nothing is told", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const asText = (value: unknown) => JSON.stringify(sorted(value));
        // JSON has one zero.
        const [one, other] = [before, after].map((value) => JSON.parse(JSON.stringify(value)));
        assert.equal(changedPaths(one, other, 1).length === 0, asText(one) === asText(other));
        assert.deepEqual(changedPaths(one, structuredClone(one), MANY), []);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]).concat([["{}", ""]]);
}
