import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FleetWishes, type PlannedProcess, planFleet } from "./fleet-plan.ts";

const WISHES: FleetWishes = {
  port: 4100,
  regions: ["east", "west"],
  appliances: 3,
  data: "/data",
  host: "127.0.0.1",
  profile: "demo",
  chaos: true,
};

const find = (name: string, wishes: Partial<FleetWishes> = {}) => {
  const found = planFleet({ ...WISHES, ...wishes }).processes.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
};
const flag = ({ flags }: PlannedProcess, name: string) =>
  flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined;

describe("planFleet()", () => {
  test("deals the appliances out over the regions, on ports from N+11", () =>
    assert.deepEqual(
      planFleet({ ...WISHES, chaos: false }).processes.map(({ name, region, port }) => [
        name,
        region,
        port,
      ]),
      [
        ["origin", null, 4100],
        ["steering", null, 4101],
        ["east-1", "east", 4111],
        ["west-1", "west", 4112],
        ["east-2", "east", 4113],
      ],
    ));
  test("puts a fault proxy where viewers look for an appliance, and the appliance behind it", () => {
    const chaos = find("chaos");
    assert.equal(
      flag(chaos, "--targets"),
      [
        "east-1@4111=http://127.0.0.1:4114",
        "west-1@4112=http://127.0.0.1:4115",
        "east-2@4113=http://127.0.0.1:4116",
      ].join(","),
    );
    assert.equal(planFleet(WISHES).chaosUrl, "http://127.0.0.1:4103");
    const east = find("east-1", { host: "0.0.0.0" });
    assert.deepEqual(east.listens, [{ host: "127.0.0.1", port: 4114 }]);
    assert.equal(flag(east, "--advertise"), "http://127.0.0.1:4111");
    assert.equal(east.url, "http://127.0.0.1:4111");
  });
  test("without chaos, has no proxy and lets viewers reach the appliances themselves", () => {
    const plan = planFleet({ ...WISHES, chaos: false });
    assert.equal(plan.chaosUrl, undefined);
    assert.ok(plan.processes.every(({ role }) => role !== "chaos"));
    assert.equal(flag(find("east-1", { chaos: false }), "--port"), "4111");
  });
  for (const chaos of [true, false]) {
    test(`gives no two servers one port, however many there are (chaos: ${chaos})`, () => {
      const plan = planFleet({ ...WISHES, appliances: 64, chaos });
      const listening = plan.processes.flatMap(({ listens }) => listens.map(({ port }) => port));
      const ports = [plan.controlPort, ...listening];
      assert.equal(new Set(ports).size, ports.length);
      assert.ok(
        plan.processes.every(({ port, listens }) => listens.some((one) => one.port === port)),
      );
    });
  }
  test("tells everybody where the others are", () => {
    assert.equal(flag(find("origin"), "--steering"), "http://127.0.0.1:4101");
    assert.equal(
      flag(find("origin"), "--edges"),
      "http://127.0.0.1:4111,http://127.0.0.1:4112,http://127.0.0.1:4113",
    );
    assert.equal(flag(find("steering"), "--sources"), "demo=http://127.0.0.1:4100");
    assert.equal(flag(find("east-2"), "--origin"), "http://127.0.0.1:4100");
    assert.equal(flag(find("east-2"), "--cache-folder"), "/data/cache/east-2");
  });
  test("lets steering remember the fleet and what happened in it", () =>
    assert.equal(flag(find("steering"), "--history"), "/data/steering.sqlite"));
  test("in front of a real origin, keeps the demo's titles away from it", () => {
    const real = { origin: "https://media.example" };
    assert.equal(flag(find("steering", real), "--sources"), "demo=https://media.example");
    assert.equal(flag(find("east-1", real), "--origin"), "https://media.example");
    assert.equal(flag(find("origin", real), "--sources"), "self");
    assert.equal(flag(find("steering", real), "--probe-path"), "/");
    assert.equal(flag(find("steering", { ...real, probePath: "/x" }), "--probe-path"), "/x");
    assert.equal(flag(find("steering"), "--probe-path"), undefined);
  });
  test("never sends viewers to an address that means all of them", () => {
    const open = { host: "0.0.0.0" };
    assert.equal(find("east-1", open).url, "http://127.0.0.1:4111");
    assert.equal(flag(find("chaos", open), "--host"), "0.0.0.0");
    assert.equal(flag(find("east-1", { ...open, chaos: false }), "--host"), "0.0.0.0");
    assert.equal(find("east-1", { ...open, advertise: "tv.lan" }).url, "http://tv.lan:4111");
    assert.equal(find("east-1", { host: "::1" }).url, "http://[::1]:4111");
  });
  test("keeps the control API on loopback", () =>
    assert.equal(
      planFleet({ ...WISHES, host: "0.0.0.0", advertise: "tv.lan" }).controlUrl,
      "http://127.0.0.1:4102",
    ));
});
