/** Where a viewer is, by its address: also with somebody in between, if it is one whom we were told of. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Explanation } from "../contract/explanation.ts";
import { openContentServer, openSteeringRig, PATH } from "../steering-rig.ts";

const PROXY = "10.0.0.7";
const IN_US = "203.0.113.9";
const IN_EU = "198.51.100.1";

async function openFleet(t: TestContext, trustedProxies: readonly string[]) {
  const rig = await openSteeringRig(t, {
    trustedProxies,
    pathwayFile: {
      pathways: [],
      networks: [
        { cidr: "203.0.113.0/24", region: "us" },
        { cidr: "198.51.100.0/24", region: "eu" },
        { cidr: "10.0.0.0/8", region: "ours" },
      ],
      distances: [],
    },
  });
  for (const region of ["eu", "us"]) {
    await rig.join(`node-${region}`, region, (await openContentServer(t)).url);
  }
  await rig.pass(10);
  const ask = (url: string, peer: string, forwardedFor?: string) =>
    rig.app.inject({
      url,
      remoteAddress: peer,
      headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
    });
  return {
    explain: (peer: string, forwardedFor?: string) =>
      ask(`/v1/explain?path=${PATH}`, peer, forwardedFor),
    /** The region that it is believed to be in. */
    async regionOf(peer: string, forwardedFor?: string) {
      const { region } = (
        await ask(`/v1/explain?path=${PATH}`, peer, forwardedFor)
      ).json<Explanation>();
      return region;
    },
    /** The node that its playlist begins with. */
    async firstOf(peer: string, forwardedFor?: string) {
      const { payload } = await ask(`/v1/play/demo${PATH}`, peer, forwardedFor);
      return /PATHWAY-ID="([^"]+)"/.exec(payload)?.[1];
    },
  };
}

describe("a viewer", () => {
  test("behind a trusted proxy is where its own address is", async (t) => {
    const { regionOf, firstOf } = await openFleet(t, ["10.0.0.0/8"]);
    assert.equal(await regionOf(PROXY, IN_US), "us");
    assert.equal(await firstOf(PROXY, IN_US), "node-us");
    assert.equal(await firstOf(PROXY, IN_EU), "node-eu");
  });
  test("behind two of them, too, also where they write IPv4 as IPv6", async (t) => {
    const { regionOf } = await openFleet(t, ["10.0.0.0/8", "192.0.2.1"]);
    assert.equal(await regionOf(PROXY, `${IN_US}, 192.0.2.1`), "us");
    assert.equal(await regionOf(`::ffff:${PROXY}`, `::ffff:${IN_US}`), "us");
  });
  test("cannot say where it is: what it wrote stands before what the proxy adds", async (t) => {
    const { regionOf } = await openFleet(t, ["10.0.0.0/8"]);
    assert.equal(await regionOf(PROXY, `${IN_US}, ${IN_EU}`), "eu");
    assert.equal(await regionOf(PROXY, `10.0.0.9, ${IN_US}, ${IN_EU}`), "eu");
  });
  test("that is no proxy of ours counts with its own address, whatever it forges", async (t) => {
    const { regionOf } = await openFleet(t, ["10.0.0.0/8"]);
    assert.equal(await regionOf(IN_EU, IN_US), "eu");
    assert.equal(await regionOf(IN_EU, `${IN_US}, ${PROXY}`), "eu");
  });
  test("is where its connection comes from while no proxy is trusted", async (t) => {
    const { regionOf } = await openFleet(t, []);
    assert.equal(await regionOf(PROXY, IN_US), "ours");
    assert.equal(await regionOf(IN_EU, IN_US), "eu");
  });
  test("whose proxy says nothing that is an address is nowhere", async (t) => {
    const { regionOf } = await openFleet(t, ["10.0.0.0/8"]);
    for (const odd of ["unknown", "203.0.113.9:4711", '"', "x".repeat(5_000)]) {
      assert.equal(await regionOf(PROXY, odd), null);
    }
    assert.equal(await regionOf(PROXY), "ours");
  });
});

describe("what each address may ask in a second", () => {
  const askedBy = async (
    { explain }: Awaited<ReturnType<typeof openFleet>>,
    askers: readonly (readonly [peer: string, forwardedFor: string])[],
  ) => {
    const statuses = [];
    for (const [peer, forwardedFor] of askers) {
      statuses.push((await explain(peer, forwardedFor)).statusCode);
    }
    return statuses;
  };
  const times = <Value>(count: number, value: Value) => Array.from({ length: count }, () => value);

  test("is counted for each viewer behind a trusted proxy", async (t) => {
    const fleet = await openFleet(t, ["10.0.0.0/8"]);
    t.mock.timers.enable({ apis: ["Date"] });
    assert.deepEqual((await askedBy(fleet, times(21, [PROXY, IN_US]))).at(-1), 429);
    assert.deepEqual(await askedBy(fleet, [[PROXY, IN_EU]]), [200]);
  });
  test("is not more for one that forges addresses", async (t) => {
    const fleet = await openFleet(t, ["10.0.0.0/8"]);
    t.mock.timers.enable({ apis: ["Date"] });
    const forged = Array.from({ length: 21 }, (_, host) => [IN_EU, `203.0.113.${host}`] as const);
    assert.deepEqual((await askedBy(fleet, forged)).at(-1), 429);
  });
});
