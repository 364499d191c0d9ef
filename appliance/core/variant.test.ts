import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIFETIMES } from "./lifetimes.rig.ts";
import { describeAnswer, type StoredVariant } from "./stored-metadata.ts";
import {
  chooseVariant,
  indexWith,
  isVariantKey,
  targetOf,
  variantKey,
  varyNamesOf,
} from "./variant.ts";

describe("varyNamesOf()", () => {
  for (const [vary, expected] of [
    [undefined, []],
    ["", []],
    ["Foo, bar", ["bar", "foo"]],
    ["foo,,FOO", ["foo"]],
    ["*", "anything"],
    [", *", "anything"],
    ["foo, *", "anything"],
    ["Cookie", "anything"],
    ["Authorization, foo", "anything"],
    // The origin is told nothing of these, or the same by everybody.
    ["Accept-Encoding, Origin, X-Forwarded-Proto", []],
  ] as const) {
    test(`of "${vary}" are ${JSON.stringify(expected)}`, () =>
      assert.deepEqual(varyNamesOf(vary === undefined ? {} : { vary }), expected));
  }
});

describe("variantKey()", () => {
  const isSame = (names: string[], one: Record<string, string>, other: Record<string, string>) =>
    variantKey("/a", names, one) === variantKey("/a", names, other);

  test("is the URL itself where nothing selects", () =>
    assert.equal(variantKey("/a?b", [], { foo: "1" }), "/a?b"));
  test("is told from every URL, and leads back to its own", () => {
    const key = variantKey("/a?b", ["foo"], { foo: "1 2" }) ?? "";
    assert.ok(isVariantKey(key) && !isVariantKey("/a?b"));
    assert.equal(targetOf(key), "/a?b");
  });
  for (const [names, one, other, expected] of [
    [["foo"], { foo: "1" }, { foo: "1", bar: "2" }, true],
    [["foo"], { foo: "1" }, { foo: "2" }, false],
    [["foo"], { foo: "1" }, {}, false],
    [["foo"], { foo: "" }, {}, false],
    [["foo"], {}, {}, true],
    [["foo"], { foo: "1,2" }, { foo: " 1 ,  2 " }, true],
    [["foo"], { foo: "1,2" }, { foo: "2,1" }, false],
    [["foo"], { foo: "a" }, { foo: "A" }, false],
    [["bar", "foo"], { foo: "1", bar: "2" }, { bar: "1", foo: "2" }, false],
    [["accept-language"], { "accept-language": "en, de" }, { "accept-language": "DE,eN" }, true],
    [["accept-language"], { "accept-language": "en, de" }, { "accept-language": "en" }, false],
  ] as const) {
    test(`${JSON.stringify(one)} and ${JSON.stringify(other)}: ${expected ? "same" : "different"}`, () =>
      assert.equal(isSame([...names], one, other), expected));
  }
  test("is none where a client says too much", () =>
    assert.equal(variantKey("/a", ["foo"], { foo: "x".repeat(1_024) }), undefined));
});

describe("chooseVariant()", () => {
  const variant = (names: string[], said: Record<string, string>): StoredVariant => ({
    names,
    key: variantKey("/a", names, said) ?? "",
  });
  const ONE = variant(["foo"], { foo: "1" });
  const TWO = variant(["bar", "foo"], { foo: "1", bar: "2" });

  test("finds the one that the request selects", () =>
    assert.deepEqual(chooseVariant("/a", [TWO, ONE], { foo: "1" }), {
      key: ONE.key,
      isListed: true,
    }));
  test("takes the newest of several that suit", () =>
    assert.equal(chooseVariant("/a", [TWO, ONE], { foo: "1", bar: "2" }).key, TWO.key));
  test("names what would be another one after the newest", () =>
    assert.deepEqual(chooseVariant("/a", [ONE, TWO], { foo: "3" }), {
      key: variantKey("/a", ["foo"], { foo: "3" }),
      isListed: false,
    }));
});

test("chooseVariant() never leads back to the index", () => {
  const variants = [{ names: ["foo"], key: variantKey("/a", ["foo"], { foo: "1" }) ?? "" }];
  const { key, isListed } = chooseVariant("/a", variants, { foo: "x".repeat(1_024) });
  assert.deepEqual([key === "/a", targetOf(key), isListed], [false, "/a", false]);
});

describe("indexWith()", () => {
  const stored = (foo: string) => {
    const answer = {
      status: 200,
      fields: { "cache-control": "max-age=6", vary: "foo", "content-type": "text/plain" },
      requestedAtWallMs: 1,
      arrivedAtWallMs: 1,
    };
    const key = variantKey("/a", ["foo"], { foo }) ?? "";
    return describeAnswer(key, answer, 5, LIFETIMES);
  };

  test("has the newest first, each once, and no more than the limit", () => {
    let index = indexWith(undefined, stored("1"), ["foo"], 2);
    for (const foo of ["2", "1", "3"]) index = indexWith(index, stored(foo), ["foo"], 2);
    assert.deepEqual(
      index.variants?.map(({ key }) => key),
      [stored("3").key, stored("1").key],
    );
  });
  test("stands under the URL, and has no body", () => {
    const { key, sizeBytes, fields } = indexWith(undefined, stored("1"), ["foo"], 2);
    assert.deepEqual([key, sizeBytes, fields], ["/a", 0, { "content-type": "text/plain" }]);
  });
});
