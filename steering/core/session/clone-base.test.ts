import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { chooseCloneBase, findCloneBases, splitAddress } from "./clone-base.ts";

/** Nodes are `id=url`, with a `!` behind them where they are not well; the playlist lists `listed`. */
function baseOf(joinedUrl: string, listed: string, ...nodes: string[]) {
  const known = nodes.map((entry) => {
    const [id = "", url = ""] = entry.replace("!", "").split("=");
    return { id, url, fingerprint: id, isUsable: !entry.endsWith("!") };
  });
  const node = { id: "new", url: joinedUrl, fingerprint: "n", isUsable: true };
  const pathways = Array.from(listed, (id) => ({ id, fingerprint: id }));
  const bases = findCloneBases(pathways, [...known, node]);
  assert.ok(bases);
  const { id, host } = chooseCloneBase({ id: "new.n", node }, bases);
  return `${id} ${host}`;
}

describe("chooseCloneBase()", () => {
  test("is the last of the playlist that differs in its host name alone", () =>
    assert.equal(
      baseOf("https://new", "abc", "c=http://c", "b=https://b!", "a=https://a"),
      "b new",
    ));
  for (const [name, other] of [
    ["scheme", "http://a"],
    ["port", "https://a:8443"],
    ["path", "https://a/cdn"],
  ] as const) {
    test(`has no HOST where the ${name} is another`, () =>
      assert.equal(baseOf("https://new", "a", `a=${other}`), "a undefined"));
  }
  test("is the last one that is well where no HOST leads there", () => {
    const nodes = ["a=http://h:1", "b=http://h:2", "c=http://h:3!"];
    assert.equal(baseOf("http://h:4", "abc", ...nodes), "b undefined");
    assert.equal(baseOf("http://h:4", "c", ...nodes), "c undefined");
  });
  test("is the first of the playlist where none is known", () =>
    assert.equal(baseOf("http://h:3", "ab"), "a undefined"));
  test("a HOST of the same name leads to the same place", () =>
    assert.equal(baseOf("http://h:1", "a", "a=http://h:1"), "a h"));
});

describe("splitAddress()", () => {
  for (const [url, parts] of [
    ["http://a", ["http://", "a", ""]],
    ["https://a.b:8443/c", ["https://", "a.b", ":8443/c"]],
    ["http://[::1]:80", ["http://", "[::1]", ":80"]],
  ] as const) {
    test(url, () => assert.deepEqual(Object.values(splitAddress(url) ?? {}), parts));
  }
  for (const url of ["", "ftp://a", "http://", "http://u@a", "a"]) {
    test(`${url || "(nothing)"} is no address`, () => assert.equal(splitAddress(url), undefined));
  }
  test("puts together what it took apart", () =>
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (url) => {
        const { origin } = new URL(url);
        const parts = splitAddress(origin);
        assert.equal(`${parts?.before}${parts?.host}${parts?.behind}`, origin);
        assert.equal(parts?.host, new URL(origin).hostname);
      }),
    ));
});
