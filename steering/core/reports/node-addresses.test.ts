import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NodeAddresses } from "./node-addresses.ts";

const ADDRESSES = [
  { id: "east-1", url: "http://127.0.0.1:4201" },
  { id: "east-2", url: "http://127.0.0.1:4202" },
  { id: "cdn-a", url: "https://cdn.example/prefix" },
  { id: "cdn-b", url: "https://cdn.example/prefix/deeper" },
  { id: "cdn-c", url: "https://alone.example/" },
  { id: "broken", url: "nowhere" },
];

function known(nodes: readonly { readonly id: string; readonly url: string }[]): NodeAddresses {
  const addresses = new NodeAddresses();
  for (const { id, url } of nodes) addresses.put(id, url);
  return addresses;
}

describe("a player means", () => {
  const addresses = known(ADDRESSES);
  for (const [what, names, url, hostname, expected] of [
    ["the node whose id it gives", ["east-1"], undefined, undefined, "east-1"],
    ["the first id that is one", ["akamai", "cdn-a"], undefined, undefined, "cdn-a"],
    ["the id rather than the address", ["east-1"], "http://127.0.0.1:4202/x", undefined, "east-1"],
    ["the node of the host and port", [], "http://127.0.0.1:4202/vod/a.m4s", undefined, "east-2"],
    ["the node of the path", [], "https://cdn.example/prefix/a.m4s", undefined, "cdn-a"],
    ["the node of the longer path", [], "https://cdn.example/prefix/deeper/a", undefined, "cdn-b"],
    ["nobody by another path", [], "https://cdn.example/prefixed/a", undefined, undefined],
    ["nobody by another port", [], "http://127.0.0.1:4203/", undefined, undefined],
    ["nobody by what is no address", [], "a b", undefined, undefined],
    ["the only node of a host", [], undefined, "Alone.Example", "cdn-c"],
    ["the node of a host with a port", [], undefined, "127.0.0.1:4201", "east-1"],
    ["nobody by a host that several share", [], undefined, "127.0.0.1", undefined],
    ["nobody by an unknown host", [], undefined, "constructor", undefined],
    ["the node that has no address, by its id", ["broken"], undefined, undefined, "broken"],
    ["nobody if it says nothing", [], undefined, undefined, undefined],
  ] as const) {
    test(what, () => assert.equal(addresses.find({ names, url, hostname }), expected));
  }
});

describe("a node", () => {
  const at = (url: string) => ({ names: [], url, hostname: undefined });
  const named = (hostname: string) => ({ names: [], url: undefined, hostname });

  test("that has moved is found where it is now, and its host is another's alone", () => {
    const addresses = known([
      { id: "a", url: "http://shared:81/a" },
      { id: "b", url: "http://shared:81/b" },
    ]);
    assert.equal(addresses.find(named("shared")), undefined);
    addresses.put("a", "http://own/");
    assert.equal(addresses.find(at("http://shared:81/a/1.m4s")), undefined);
    assert.equal(addresses.find(at("http://own/1.m4s")), "a");
    assert.equal(addresses.find(named("shared")), "b");
  });

  test("that has gone is nowhere, nor known by its id", () => {
    const addresses = known(ADDRESSES);
    addresses.remove("east-1");
    addresses.remove("broken");
    addresses.remove("nobody");
    assert.equal(addresses.find({ ...at("http://127.0.0.1:4201/"), names: ["east-1"] }), undefined);
    assert.equal(addresses.find({ ...named("x"), names: ["broken"] }), undefined);
    assert.equal(addresses.find(named("127.0.0.1")), "east-2");
  });

  test("that shares its whole address waits for the one before it to go", () => {
    const addresses = known([
      { id: "a", url: "http://one/" },
      { id: "b", url: "http://one" },
    ]);
    assert.equal(addresses.find(at("http://one/x")), "a");
    addresses.remove("a");
    assert.equal(addresses.find(at("http://one/x")), "b");
  });

  test("costs the same to find a place for, however many there are", (t) => {
    const addresses = known(
      Array.from({ length: 1_000 }, (_, index) => ({ id: `n${index}`, url: `http://h${index}/` })),
    );
    const parsed = t.mock.method(URL, "canParse");
    addresses.put("n7", "http://elsewhere/");
    addresses.remove("n8");
    addresses.find(at("http://h9/"));
    assert.equal(parsed.mock.callCount(), 2);
  });
});
