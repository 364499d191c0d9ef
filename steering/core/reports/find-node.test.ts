import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compileNodeFinder } from "./find-node.ts";

const findNode = compileNodeFinder([
  { id: "east-1", url: "http://127.0.0.1:4201" },
  { id: "east-2", url: "http://127.0.0.1:4202" },
  { id: "cdn-a", url: "https://cdn.example/prefix" },
  { id: "cdn-b", url: "https://cdn.example/prefix/deeper" },
  { id: "cdn-c", url: "https://alone.example/" },
  { id: "broken", url: "nowhere" },
]);

describe("a player means", () => {
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
    test(what, () => assert.equal(findNode({ names, url, hostname }), expected));
  }
});
