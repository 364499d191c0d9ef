/** Bodies that break off where whoever could go on has its own way with ranges. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HostRanges, RequestRanges } from "./host-ranges.ts";
import { type Behaviour, ONE, Rig, settled } from "./wire.rig.ts";

/** As a firewall does, or a preflight that `Range` does not pass. */
const FAILS_RANGES: Behaviour = {
  does: "answer",
  with: ({ range }) => (range === null ? undefined : new Response(null, { status: 403 })),
};
const BREAKS: Behaviour = { does: "cut", afterBytes: 600 };
describe("a body that broke off", () => {
  test("comes whole from a host that fails what asks for a part", async () => {
    const rig = await new Rig().open();
    rig.set("a", BREAKS);
    for (const host of ["b", "c"]) rig.set(host, FAILS_RANGES);
    const loading = rig.load(ONE);
    await rig.pass(5_000);
    assert.deepEqual(new Uint8Array((await loading).body), rig.goodBody("/1.m4s"));
  });

  test("goes on though a page may not read which part came", async () => {
    const rig = await new Rig().open();
    rig.set("a", BREAKS);
    rig.set("b", { does: "serve", hides: "content-range" });
    const { body, pathway, begunOn } = await rig.load(ONE);
    await settled();
    assert.deepEqual([pathway, begunOn], ["b", "a"]);
    assert.deepEqual(new Uint8Array(body), rig.goodBody("/1.m4s"));
    assert.deepEqual(rig.asked.at(-1), "http://b/1.m4s bytes=500-");
    assert.deepEqual(rig.names(), ["failover", "resume"]);
  });
});

describe("whether all is asked for again", () => {
  const failing = (hosts: HostRanges, ...ends: readonly ("whole" | "failed" | "denied")[]) => {
    const request = new RequestRanges(hosts);
    return ends.map((end) => {
      const isWhole = request.isAskedWhole("a");
      request.noteEnded("a", end);
      return isWhole ? "whole" : "part";
    });
  };

  test("in turn, of a host that may as well be down", () =>
    assert.deepEqual(
      failing(new HostRanges(), "failed", "failed", "failed", "failed", "failed", "failed"),
      ["part", "part", "whole", "part", "part", "whole"],
    ));
  test("at once, of one that says no", () =>
    assert.deepEqual(failing(new HostRanges(), "denied", "whole"), ["part", "whole"]));
  test("from the start, of one that has shown twice how it is", () => {
    const hosts = new HostRanges();
    failing(hosts, "denied", "whole");
    assert.equal(hosts.fails("a"), false, "it may have come back just then");
    failing(hosts, "denied", "whole");
    assert.deepEqual(failing(hosts, "whole"), ["whole"]);
  });
  test("no more, once a part has come", () => {
    const hosts = new HostRanges();
    failing(hosts, "denied", "whole");
    failing(hosts, "whole");
    failing(hosts, "denied", "whole");
    assert.equal(hosts.fails("a"), false);
  });
});
