import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { joinedPathways, nodeOfClone, type PathwayNode } from "./joined-pathways.ts";
import { pathwayFingerprint } from "./viewer-session.ts";

/** A letter is a node, in capitals one that has moved to another address. `!` behind it: not well. */
function nodesOf(notation: string): PathwayNode[] {
  return Array.from(notation.matchAll(/([a-z])(!?)/gi), ([, letter = "", bad]) => {
    const id = letter.toLowerCase();
    return { id, url: `http://${letter}`, fingerprint: letter, isUsable: bad !== "!" };
  });
}
const listedOf = (notation: string) =>
  nodesOf(notation).map(({ id, fingerprint }) => ({ id, fingerprint }));

function joined(listed: string, nodes: string, more: { current?: string; most?: number } = {}) {
  return joinedPathways({
    listed: listedOf(listed),
    nodes: nodesOf(nodes),
    current: more.current,
    clonesAmongFirst: more.most ?? 6,
  })
    .map(({ id }) => id)
    .join(" ");
}

describe("joinedPathways()", () => {
  test("are none while nothing has changed", () => assert.equal(joined("abc", "cab"), ""));
  test("are those that the playlist does not list, the best first", () =>
    assert.equal(joined("ab", "dabc"), "d.d c.c"));
  test("are the best of all alone, where enough of the listed ones are well", () => {
    assert.equal(joined("abef", "dabefc"), "d.d");
    assert.equal(joined("abef", "adbefc"), "");
    assert.equal(joined("abef", "adb!efc"), "d.d c.c");
  });
  test("are those that came back elsewhere", () => assert.equal(joined("ab", "aB"), "b.B"));
  test("are well", () => assert.equal(joined("a", "ab!c"), "c.c"));
  test("are among the best, as a playlist of today would have them", () =>
    assert.equal(joined("a", "abcd", { most: 2 }), "b.b"));
  test("include the one that the player is on, whatever it is worth", () =>
    assert.equal(joined("a", "abcd!", { most: 2, current: "d.d" }), "b.b d.d"));
  test("are nothing to a viewer whose playlist is not known", () =>
    assert.equal(joined("", "ab"), ""));
  test("never have the id of a listed pathway", () => {
    const listed = [{ id: "a.b", fingerprint: "x" }];
    const nodes = [{ id: "a", url: "http://a", fingerprint: "b", isUsable: true }];
    const input = { listed, nodes, current: undefined, clonesAmongFirst: 6 };
    assert.deepEqual(joinedPathways(input), []);
  });
  test("have an id for each address, which leads back to the node", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/), fc.webUrl(), (id, url) => {
        const node = { id, url, fingerprint: pathwayFingerprint(url), isUsable: true };
        const listed = [{ id: "~", fingerprint: "" }];
        const input = { listed, nodes: [node], current: undefined, clonesAmongFirst: 1 };
        const [pathway] = joinedPathways(input);
        assert.match(pathway?.id ?? "", /^[A-Za-z0-9._-]{1,80}$/);
        assert.equal(nodeOfClone(pathway?.id ?? ""), id);
      }),
    ));
});
