import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  EVENT_LOG_LIMIT,
  type EventLog,
  type HeardEvent,
  latestSwitch,
  noteBuffer,
  recordEvent,
  recordFaults,
} from "./event-log.ts";
import type { FaultStory } from "./fault-stories.ts";

const failover = (keptBytes: number, from = "a", to = "b"): HeardEvent => ({
  kind: "failover",
  event: { from, to, reason: "silence", kind: "segment", keptBytes, afterMs: 1, bufferSeconds: 8 },
});
const resume = (atByte: number, from = "a", to = "b"): HeardEvent => ({
  kind: "resume",
  event: { from, to, atByte, sizeBytes: undefined },
});
const failback: HeardEvent = {
  kind: "failback",
  event: { from: "b", to: "a", reason: "recovered", awayMs: 1, bufferSeconds: 9 },
};

const unreachable: HeardEvent = {
  kind: "degraded",
  event: { state: "unreachable", sinceMs: 1, tried: ["a", "b"] },
};
const recovered: HeardEvent = {
  kind: "degraded",
  event: { state: "recovered", afterMs: 1, pathway: "b" },
};

const FAULT: FaultStory = {
  kind: "fault",
  target: "a",
  fault: "blackhole",
  healsInSeconds: 20,
  by: "you",
};

/** Records each event at its time. */
function logOf(...events: readonly (readonly [number, HeardEvent])[]): EventLog {
  return events.reduce<EventLog>((log, [atMs, heard]) => recordEvent(log, heard, atMs), []);
}

function resumedAt(log: EventLog, id: number): number | undefined {
  const story = log.find((entry) => entry.id === id)?.story;
  assert.equal(story?.kind, "failover");
  return story.resumedAtByte;
}

function lowestBuffer(log: EventLog): number {
  const story = log[0]?.story;
  assert.equal(story?.kind, "failover");
  return story.lowestBufferSeconds;
}

describe("recordEvent()", () => {
  test("puts the newest first and numbers them", () =>
    assert.deepEqual(
      logOf([1, failover(0)], [2, failback]).map(({ id, story }) => [id, story.kind]),
      [
        [2, "failback"],
        [1, "failover"],
      ],
    ));
  test("keeps the last fifty", () => {
    const events = Array.from({ length: 60 }, (_, index) => [index, failback] as const);
    const log = logOf(...events);
    assert.equal(log.length, EVENT_LOG_LIMIT);
    assert.equal(log.at(-1)?.id, 11);
  });
  for (const [what, event, atMs, told] of [
    ["leaves out the tries of an outage, and how it ended", failover(0), 3, false],
    ["tells of a failover after an outage", failover(0), 1_004, true],
    ["tells of one to another than who had ended it", failover(0, "b", "c"), 4, true],
  ] as const) {
    test(what, () => {
      const log = logOf([1, unreachable], [2, failover(0)], [3, recovered], [atMs, event]);
      const kinds = log.map(({ story }) => story.kind);
      assert.deepEqual(kinds, [...(told ? ["failover"] : []), "degraded", "degraded"]);
    });
  }
  test("a failover soon before an outage was but one more try", () => {
    const outcomes = logOf([1, failover(0)], [10_001, unreachable], [10_002, recovered])
      .map(({ story }) => story)
      .flatMap((story) => (story.kind === "failover" ? [story.outcome] : []));
    assert.deepEqual(outcomes, ["out-of-reach"]);
    const [, earlier] = logOf([1, failover(0)], [10_002, unreachable]);
    assert.equal(earlier?.story.kind === "failover" && earlier.story.outcome, "took-over");
  });
  test("a resumed body joins the failover that it belongs to", () =>
    assert.equal(resumedAt(logOf([1, failover(100)], [2, resume(100)]), 1), 100));
  test("a resumed body joins no failover that had kept nothing", () =>
    assert.equal(resumedAt(logOf([1, failover(0)], [2, resume(100)]), 1), undefined));
  test("a resumed body joins no failover between others", () =>
    assert.equal(resumedAt(logOf([1, failover(100, "a", "c")], [2, resume(100)]), 1), undefined));
  test("a resumed body joins no failover of more than five seconds ago", () => {
    assert.equal(resumedAt(logOf([1, failover(100)], [5_001, resume(100)]), 1), 100);
    assert.equal(resumedAt(logOf([1, failover(100)], [5_002, resume(100)]), 1), undefined);
  });
  test("two resumed bodies join two failovers", () => {
    const log = logOf([1, failover(100)], [1, failover(50)], [2, resume(50)], [2, resume(100)]);
    assert.deepEqual([resumedAt(log, 2), resumedAt(log, 1)], [50, 100]);
  });
});

describe("recordFaults()", () => {
  test("adds each to the log, the last one on top", () =>
    assert.deepEqual(
      recordFaults(logOf([1, failback]), [FAULT, { ...FAULT, target: "b" }], 2).map(
        ({ id, story }) => [id, "target" in story ? story.target : story.kind],
      ),
      [
        [3, "b"],
        [2, "a"],
        [1, "failback"],
      ],
    ));
  test("keeps the last fifty, as of the player's own", () => {
    const many = Array.from({ length: 60 }, () => FAULT);
    assert.equal(recordFaults([], many, 1).length, EVENT_LOG_LIMIT);
  });
  test("nothing told leaves the log as it was", () => {
    const log = logOf([1, failback]);
    assert.equal(recordFaults(log, [], 2), log);
  });
});

describe("noteBuffer()", () => {
  const log = logOf([1_000, failover(0)]);
  test("follows the buffer down", () =>
    assert.equal(lowestBuffer(noteBuffer(log, 5.8, 2_000)), 5.8));
  test("does not follow it up", () => assert.equal(noteBuffer(log, 12, 2_000), log));
  test("stops watching when nobody can be reached", () => {
    const outage = recordEvent(log, unreachable, 1_500);
    assert.equal(noteBuffer(outage, 0, 2_000), outage);
  });
  test("stops watching ten seconds after the failover", () => {
    assert.equal(lowestBuffer(noteBuffer(log, 5, 11_000)), 5);
    assert.equal(lowestBuffer(noteBuffer(log, 5, 11_001)), 8);
  });
});

describe("latestSwitch()", () => {
  test("is none while nothing has switched", () =>
    assert.equal(latestSwitch(logOf([1, resume(5)])), undefined));
  test("is the failback once there is one", () =>
    assert.equal(latestSwitch(logOf([1, failover(0)], [2, failback]))?.id, 2));
  test("prefers the resumed one of failovers that belong together", () =>
    assert.equal(latestSwitch(logOf([1, failover(9)], [2, resume(9)], [3, failover(0)]))?.id, 1));
  test("is the outage while there is one, and then its end", () => {
    assert.equal(latestSwitch(logOf([1, failover(0)], [2, unreachable]))?.id, 2);
    assert.equal(latestSwitch(logOf([1, unreachable], [2, recovered]))?.id, 2);
  });
  test("is never a fault: where playback stands is another matter", () => {
    const log = logOf([1, failover(0)]);
    assert.equal(latestSwitch(recordFaults(log, [FAULT], 2))?.id, 1);
    assert.equal(latestSwitch(recordFaults([], [FAULT], 2)), undefined);
  });
  test("takes the newest where nothing was resumed", () =>
    assert.equal(latestSwitch(logOf([1, failover(0)], [2, failover(0)]))?.id, 2));
});
