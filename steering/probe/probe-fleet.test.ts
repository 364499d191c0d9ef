import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProbeOutcome } from "../core/health/judge-probe.ts";
import { keepFleet } from "../fleet/keep-fleet.ts";
import { PROFILES } from "../profiles.ts";
import { REPORT } from "../steering-rig.ts";
import { openFleetProber } from "./probe-fleet.ts";

/** Appliances whose probes end when the test says so. */
function openFleet(count: number, maxInFlight = 16) {
  let nowMs = 1;
  const fleet = keepFleet({ policy: PROFILES.demo, now: () => nowMs, onChange: () => {} });
  for (let index = 0; index < count; index += 1) {
    const url = `http://e-${index}`;
    fleet.register({ id: `e-${index}`, region: "east", url, incarnation: "1", report: REPORT });
  }
  const open: { readonly url: string; readonly end: (outcome: ProbeOutcome) => void }[] = [];
  const probeDue = openFleetProber({
    fleet,
    prober: {
      probe: ({ url }) => new Promise((end) => open.push({ url, end })),
      fetchReference: async () => undefined,
      close: async () => {},
    },
    probePath: "/probe",
    referenceUrl: "http://origin",
    policy: { everyMs: 1_000, onTrialEveryMs: 250, maxInFlight },
    random: () => 0.5,
  });
  return {
    fleet,
    open,
    tick(ms: number): Promise<void> {
      nowMs += ms;
      return probeDue(nowMs);
    },
    endAll(): void {
      for (const { end } of open.splice(0)) {
        end({ ok: true, reason: "right-bytes", firstByteMs: 1 });
      }
    },
  };
}

describe("the fleet's probes", () => {
  test("begin together for all that are due", () => {
    const { open, tick } = openFleet(3);
    void tick(1);
    assert.equal(open.length, 3);
  });
  test("are never two for one appliance", () => {
    const { open, tick } = openFleet(1);
    void tick(1);
    void tick(5_000);
    assert.equal(open.length, 1);
  });
  test("are bounded in number, and those left over come next", async () => {
    const { open, tick, endAll } = openFleet(5, 2);
    const asked: string[] = [];
    for (const expected of [2, 2, 1]) {
      const ended = tick(1);
      assert.equal(open.length, expected);
      asked.push(...open.map(({ url }) => url));
      endAll();
      await ended;
    }
    assert.equal(new Set(asked).size, 5);
  });
  test("come often while an appliance is on trial, and less often once it is up", async () => {
    const { fleet, open, tick, endAll } = openFleet(1);
    const asked: number[] = [];
    for (let quarter = 0; quarter < 10; quarter += 1) {
      const ended = tick(250);
      asked.push(open.length);
      endAll();
      await ended;
    }
    assert.deepEqual(asked, [1, 1, 1, 0, 0, 0, 1, 0, 0, 0]);
    assert.equal(fleet.nodes()[0]?.state, "up");
  });
  test("are not made of one that has gone", () => {
    const { fleet, open, tick } = openFleet(1);
    fleet.cancel("e-0", undefined);
    void tick(1);
    assert.equal(open.length, 0);
  });
});
