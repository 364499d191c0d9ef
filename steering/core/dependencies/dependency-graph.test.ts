import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Dependency } from "../../contract/dependencies.ts";
import { drawDependencies } from "./dependency-graph.ts";

const PLAY: Dependency = {
  caller: "viewers",
  callee: "steering",
  purpose: "play",
  calls: 200,
  failures: 0,
  failureReasons: {},
  meanMs: 1.26,
  slowestMs: 9,
  callsPerSecond: 3.21,
  lastAgoSeconds: 0,
  fallback: null,
};

describe("the picture of the dependencies", () => {
  test("names each party once, and each edge with its figures", () => {
    const playlist = {
      ...PLAY,
      caller: "steering",
      callee: "source:demo",
      purpose: "playlist",
      calls: 20,
      failures: 5,
      meanMs: null,
      fallback: { what: "last good copy", used: 5 },
    };
    assert.equal(
      drawDependencies([playlist, PLAY]),
      `flowchart LR
  n0["viewers"]
  n1["steering"]
  n2["source:demo"]
  n0 -->|"play, 3.2/s, 1.3 ms"| n1
  n1 -.->|"playlist, 3.2/s, 25.0 % fail, else last good copy"| n2
`,
    );
  });
  test("of nothing is empty", () => assert.equal(drawDependencies([]), "flowchart LR\n"));
  test("lets no name break out of its label", () => {
    const drawn = drawDependencies([{ ...PLAY, callee: 'a"]; click n0 "javascript:\n&' }]);
    assert.equal(drawn.split("\n").length, 5);
    assert.ok(drawn.includes('n1["a#34;#93;#59; click n0 #34;javascript:#10;#38;"]'), drawn);
  });
  test("leaves out the rarest where there are too many, and says so", () => {
    const many = Array.from({ length: 502 }, (_, index) => ({
      ...PLAY,
      callee: `n${index}`,
      calls: index,
    }));
    const drawn = drawDependencies(many);
    assert.equal(drawn.match(/-->/g)?.length, 500);
    assert.match(drawn, /2 more are not drawn/);
    assert.ok(drawn.includes('"n501"') && !drawn.includes('"n1"'));
  });
});
