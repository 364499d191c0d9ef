import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PathwayNode } from "./joined-pathways.ts";
import { listPathways, sessionPathways } from "./list-pathways.ts";

/** One letter a node, best first: `A` is at its first address, `a` has moved; `-` behind it: unfit. */
const nodesOf = (text: string): readonly PathwayNode[] =>
  Array.from(text.matchAll(/([A-Za-z])(-?)/g), ([, letter = "", mark]) => ({
    id: letter.toLowerCase(),
    url: `http://${letter}`,
    fingerprint: letter,
    isUsable: mark === "",
  }));
const listedOf = (text: string) =>
  nodesOf(text).map(({ id, fingerprint }) => ({ id, fingerprint }));
const textOf = (nodes: readonly { readonly fingerprint: string }[]) =>
  nodes.map(({ fingerprint }) => fingerprint).join("");

/** What is shown, and what the session has from then on. */
function list(listed: string, nodes: string): string {
  const shown = listPathways({ listed: listedOf(listed), nodes: nodesOf(nodes), maxPathways: 3 });
  return `${textOf(shown)} ${textOf(sessionPathways(listedOf(listed), shown))}`;
}

describe("what a session has", () => {
  for (const [name, listed, nodes, expected] of [
    ["is the best when it begins", "", "ABCD", "ABC ABC"],
    ["is all where there are few", "", "AB", "AB AB"],
    ["stays while it is well, in the order of the ranking", "ABC", "CADB", "CAB ABC"],
    ["stays though others are better, but for the best of all", "ABC", "DEABC", "DAB ABD"],
    ["gives way where it is not well", "ABC", "ACDB-", "ACD ACD"],
    ["stays where nothing else is there", "ABC", "ACB-", "ACB ABC"],
    ["gives way where it is known no more", "ABC", "CDEA", "CDA ACD"],
    ["is another thing at another address", "ABC", "aBC", "aBC BCa"],
    ["is filled up", "A", "BACD", "BAC ABC"],
    ["is nothing in an empty fleet", "ABC", "", " "],
  ] as const) {
    test(name, () => assert.equal(list(listed, nodes), expected));
  }
  test("is the very same where nothing has changed", () => {
    const listed = listedOf("ABC");
    assert.equal(sessionPathways(listed, nodesOf("CAB")), listed);
    assert.notEqual(sessionPathways(listed, nodesOf("AB")), listed);
  });
});
