/**
 * A story of steering's own way to most of a fleet that fails, while viewers are served well by all of it:
 * they must not all be sent to the few that steering still reaches.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Explanation } from "./contract/explanation.ts";
import { openContentServer, openSteeringRig, PATH } from "./steering-rig.ts";

const VIEWERS = 60;
const NODES = 10;
/** Of all viewers: two and a half times a fair share, and less than half of what two nodes would get. */
const MOST = VIEWERS / 4;

async function openFleet(t: TestContext, size = NODES) {
  const boxes = await Promise.all(Array.from({ length: size }, () => openContentServer(t)));
  const rig = await openSteeringRig(t);
  for (const [at, { url }] of boxes.entries()) await rig.join(`n-${at}`, "east", url);
  await rig.pass(30);
  const sessions: { readonly uri: string; on: string }[] = [];
  while (sessions.length < VIEWERS) sessions.push({ uri: await rig.steeringUri(), on: "" });
  return {
    rig,
    /** Steering's way to so many of them fails. */
    lose(count: number): void {
      for (const box of boxes.slice(0, count)) box.behaviour = "fail-503";
    },
    /** Every viewer asks, and goes where it is sent. @returns how many are on each node. */
    async ask(): Promise<number[]> {
      const counts = new Map<string, number>();
      for (const session of sessions) {
        const { "PATHWAY-PRIORITY": priority } = await rig.manifest(
          session.on === "" ? session.uri : `${session.uri}&_HLS_pathway=${session.on}`,
        );
        session.on = priority[0] ?? assert.fail("no pathway");
        // A clone of a node is called like the node, with a mark behind it.
        const node = session.on.replace(/\..*/, "");
        counts.set(node, (counts.get(node) ?? 0) + 1);
      }
      return Array.from({ length: size }, (_, at) => counts.get(`n-${at}`) ?? 0);
    },
    /** Every viewer says of each of its pathways that it was served. */
    async praise(): Promise<void> {
      for (const { uri } of sessions) {
        const token = new URL(uri, "http://steering.test").searchParams.get("session");
        await rig.app.inject({
          method: "POST",
          url: `/v1/cmcd?session=${token}`,
          headers: { "content-type": "application/cmcd" },
          payload: Array.from({ length: size }, (_, at) =>
            `e=rr,rc=200,cdn="n-${at}",v=2\n`.repeat(2),
          ).join(""),
        });
      }
    },
    down: async () => Object.values(await rig.states()).filter((state) => state === "down").length,
  };
}

test("no sweep of judgements crowds viewers on the few that look well", async (t) => {
  const fleet = await openFleet(t);
  await fleet.ask();
  fleet.lose(8);
  await fleet.rig.pass(2);
  await fleet.ask();
  await fleet.rig.pass(1);
  const counts = await fleet.ask();
  assert.ok((await fleet.down()) <= 4, "no more than two sweeps may take");
  assert.ok(Math.max(...counts) <= MOST, counts.join(" "));
});
test("while players are served well it stays so, for as long as it takes", async (t) => {
  const fleet = await openFleet(t);
  await fleet.praise();
  await fleet.ask();
  fleet.lose(8);
  for (let second = 0; second < 20; second += 1) {
    await fleet.praise();
    await fleet.rig.pass(1);
    const counts = await fleet.ask();
    assert.ok(Math.max(...counts) <= MOST, counts.join(" "));
  }
  assert.equal(await fleet.down(), 0);
});
test("one or few that are sick are left by all", async (t) => {
  for (const [size, sick] of [
    [3, 1],
    [10, 3],
  ] as const) {
    const fleet = await openFleet(t, size);
    await fleet.praise();
    await fleet.ask();
    fleet.lose(sick);
    for (let second = 0; second < 4; second += 1) {
      await fleet.praise();
      await fleet.rig.pass(1);
    }
    assert.equal(await fleet.down(), 0, "players praise them");
    const counts = await fleet.ask();
    assert.deepEqual(counts.slice(0, sick), Array(sick).fill(0));
  }
});
test("two of three that are really ill are left by all after one sweep more", async (t) => {
  const fleet = await openFleet(t, 3);
  await fleet.ask();
  fleet.lose(2);
  const served: number[] = [];
  for (let second = 0; second < 5; second += 1) {
    await fleet.rig.pass(1);
    served.push((await fleet.ask())[2] ?? 0);
  }
  assert.equal(served.at(-1), VIEWERS, served.join(" "));
});
test("whoever is spared stands where its few points put it, and it is said", async (t) => {
  const fleet = await openFleet(t);
  await fleet.praise();
  fleet.lose(8);
  for (let second = 0; second < 4; second += 1) {
    await fleet.praise();
    await fleet.rig.pass(1);
  }
  const answer = await fleet.rig.app.inject(`/v1/explain?path=${PATH}&region=east`);
  const { places } = answer.json<Explanation>();
  assert.deepEqual(
    places
      .slice(0, 2)
      .map(({ id }) => id)
      .toSorted(),
    ["n-8", "n-9"],
  );
  for (const { band, reason } of places.slice(2)) {
    assert.equal(band, "fit");
    assert.match(reason, /^sick as too many are: status-503/);
  }
});
