import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { joinedPathways, type PathwayNode } from "./joined-pathways.ts";
import { orderPathways } from "./order-pathways.ts";

type More = {
  readonly bad?: string;
  readonly current?: string;
  readonly isSettling?: boolean;
};

/** `ranked` are known, in order; those in `bad` are down. A capital stands for a clone. */
function order(listed: string, ranked: string, more: More = {}): string {
  const nodes = Array.from(
    ranked,
    (id): PathwayNode => ({
      id,
      url: `http://${id}`,
      fingerprint: id,
      isUsable: more.bad?.includes(id) !== true,
    }),
  );
  const pathways = Array.from(listed, (id) => ({ id, fingerprint: id }));
  const current = more.current?.replace(/^[A-Z]$/, (id) => `${id}.${id}`.toLowerCase());
  const input = { listed: pathways, nodes, current };
  return orderPathways({
    ...input,
    joined: joinedPathways({ ...input, clonesAmongFirst: 9 }),
    isSettling: more.isSettling ?? false,
  })
    .map((id) => (id.length > 1 && id !== more.current ? id.charAt(0).toUpperCase() : id))
    .join("");
}

describe("orderPathways()", () => {
  test("is the ranking", () => assert.equal(order("abc", "cba"), "cba"));
  test("keeps at the end what steering has forgotten", () =>
    assert.equal(order("abc", "c"), "cab"));
  test("names the session's pathways when it knows none of them", () =>
    assert.equal(order("ab", "x", { bad: "x" }), "ab"));
  test("has clones where they rank", () => assert.equal(order("ab", "axb"), "aXb"));

  test("names everyone to a viewer without a session", () => assert.equal(order("", "cab"), "cab"));
  test("leaves a viewer without a session where it is while nobody is known", () => {
    assert.equal(order("", "", { current: "q" }), "q");
    assert.equal(order("", ""), ".");
  });

  test("just after a start, unknown is not bad", () => {
    assert.equal(order("abc", "c", { isSettling: true }), "abc");
    assert.equal(order("abc", "ca", { isSettling: true, bad: "a" }), "bca");
    assert.equal(order("", "ab", { isSettling: true, current: "q" }), "qab");
  });
  test("just after a start, who is on a clone stays there, and nobody else goes there", () => {
    assert.equal(order("ab", "xab", { isSettling: true, current: "X" }), "Xab");
    assert.equal(order("ab", "xab", { isSettling: true, current: "a" }), "abX");
    assert.equal(order("ab", "xab", { isSettling: true, bad: "b" }), "aXb");
  });

  test("never loses nor repeats a pathway of the session", () => {
    const ids = fc.uniqueArray(fc.constantFrom(..."abcdef"), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.record({
          listed: ids,
          ranked: ids,
          bad: ids,
          isSettling: fc.boolean(),
        }),
        ({ listed, ranked, bad, isSettling }) => {
          const more = { bad: bad.join(""), isSettling };
          const result = Array.from(order(listed.join(""), ranked.join(""), more));
          assert.equal(new Set(result).size, result.length);
          assert.deepEqual(result.filter((id) => /[a-z]/.test(id)).sort(), listed.sort());
        },
      ),
    );
  });
});
