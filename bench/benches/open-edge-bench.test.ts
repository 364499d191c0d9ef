import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { Stage } from "../processes/stage.ts";
import { ask } from "../systems/ask.ts";
import { openEdgeBench } from "./open-edge-bench.ts";

test("a peer that is not installed is missing, and ours is measured alone", async (t) => {
  const stage = await Stage.open({
    pinning: { kind: "shared", reason: "one-processor" },
    searchPath: "",
  });
  t.after(() => stage.close());
  const { entries, missing } = await openEdgeBench(stage, {
    objectBytes: 1_000,
    objects: 2,
    connections: [1, 2],
    peers: "caches",
  });
  assert.deepEqual(missing, ["nginx", "varnish", "ats"]);
  assert.deepEqual(
    entries.map(({ unit, systems }) => [unit["connections"], ...systems.map(({ name }) => name)]),
    [
      [1, "understudy"],
      [2, "understudy"],
    ],
  );

  const [ours] = entries[0]?.systems ?? [];
  assert.ok(ours);
  const check = await ours.watch();
  const [path] = ours.paths;
  assert.equal((await ask(ours.server.url + path)).status, 200);
  await check(1);
  await assert.rejects(check(2), /2 answers but counts 1 hits/);
  // The origin is gone: what is not in the cache cannot be had.
  assert.equal((await ask(`${ours.server.url}/synthetic/1000/another`)).status, 502);
  await assert.rejects(check(1), /1 hits, 1 others and [1-9]/);

  await stage.close();
  assert.ok(!existsSync(stage.folder));
  await assert.rejects(ask(ours.server.url + path), /ECONNREFUSED/);
});
