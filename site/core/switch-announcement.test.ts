import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EventLog, type HeardEvent, recordEvent, recordFaults } from "./event-log.ts";
import { announcementOf } from "./switch-announcement.ts";
import { unbroken } from "./unbroken.rig.ts";

const failover: HeardEvent = {
  kind: "failover",
  event: {
    from: "a",
    to: "b",
    reason: "silence",
    kind: "segment",
    keptBytes: 9,
    afterMs: 1,
    bufferSeconds: 8,
  },
};
const resume: HeardEvent = {
  kind: "resume",
  event: { from: "a", to: "b", atByte: 9, sizeBytes: undefined },
};
const failback: HeardEvent = {
  kind: "failback",
  event: { from: "b", to: "a", reason: "recovered", awayMs: 1, bufferSeconds: 9 },
};
const unreachable: HeardEvent = {
  kind: "degraded",
  event: { state: "unreachable", sinceMs: 1, tried: ["a"] },
};
const recovered: HeardEvent = {
  kind: "degraded",
  event: { state: "recovered", afterMs: 1, pathway: "a" },
};

function announced(...events: readonly HeardEvent[]): string {
  return announcementOf(
    events.reduce<EventLog>((log, heard, index) => recordEvent(log, heard, index), []),
  );
}

describe("announcementOf()", () => {
  test("says nothing while nothing happened", () => assert.equal(announced(), ""));
  test("tells a failover, and does not speak again for its resumed body", () => {
    assert.equal(announced(failover), "Switched from a to b.");
    assert.equal(announced(failover, resume), "Switched from a to b.");
  });
  test("tells a failback", () =>
    assert.equal(announced(failover, failback), "Went back from b to a."));
  test("tells an outage and its end", () => {
    assert.match(announced(unreachable), /^No box .* can be reached\./);
    assert.equal(announced(unreachable, recovered), "a answers again. Playback goes on.");
  });
  test("tells what is done to a box", () =>
    assert.equal(
      announcementOf(
        recordFaults(
          [],
          [{ kind: "fault", target: "a", fault: "trickle", healsInSeconds: 20, by: "you" }],
          1,
        ),
      ),
      unbroken("You broke a: trickle, heals in 20 s."),
    ));
});
