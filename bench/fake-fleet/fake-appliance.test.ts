import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { Heartbeat, Registration } from "../../steering/contract/appliance-lease.ts";
import { newFakeFleet } from "./fake-appliance.ts";

let drawn = 0;
const fleet = newFakeFleet({
  count: 5,
  regions: ["east", "west"],
  url: "http://127.0.0.1:1",
  drawIncarnation: () => `process-${++drawn}`,
});

describe("newFakeFleet()", () => {
  test("deals them out over the regions", () =>
    assert.deepEqual(
      fleet.map(({ id }) => id),
      ["east-1", "west-1", "east-2", "west-2", "east-3"],
    ));
  test("each is a process of its own", () =>
    assert.equal(new Set(fleet.map(({ registration }) => registration.incarnation)).size, 5));
  test("says what steering's contract wants to hear, and no heartbeat is like the one before", () => {
    for (const { registration, heartbeat } of fleet) {
      assert.ok(Value.Check(Registration, registration));
      assert.ok(Value.Check(Heartbeat, heartbeat(1)));
      assert.equal(heartbeat(1).incarnation, registration.incarnation);
      assert.notDeepEqual(heartbeat(1).report, heartbeat(2).report);
    }
  });
});
