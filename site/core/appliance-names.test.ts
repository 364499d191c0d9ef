import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PathwaySnapshot, PlayerSnapshot } from "../../player/contract/player-events.ts";
import { learnNames, nameLog, nameSnapshot } from "./appliance-names.ts";
import { type EventLog, type HeardEvent, recordEvent, recordFaults } from "./event-log.ts";
import { storySentence } from "./story-sentence.ts";

const HOST = "http://127.0.0.1:7111";
const pathway = (id: string, host = HOST): PathwaySnapshot => ({
  id,
  rank: 0,
  host,
  state: "well",
  reason: undefined,
  firstByteMs: undefined,
});
const EAST_1 = { name: "east-1", url: `${HOST}/` };
const NAMES = new Map([["box-7111", "east-1"]]);

describe("learnNames()", () => {
  test("an address that steering or the fleet knows gets its name", () =>
    assert.deepEqual(learnNames(new Map(), [pathway("box-7111")], [EAST_1]), NAMES));
  test("a pathway that has a known name keeps it, wherever it is", () =>
    assert.equal(learnNames(new Map(), [pathway("east-1", "http://other")], [EAST_1]).size, 0));
  test("an address that nobody knows keeps what the player calls it", () =>
    assert.equal(learnNames(new Map(), [pathway("box", "http://other")], [EAST_1]).size, 0));
  test("what was learnt stays known when the pathway is gone", () =>
    assert.equal(learnNames(NAMES, [], [EAST_1]), NAMES));
  test("learning the same again changes nothing", () =>
    assert.equal(learnNames(NAMES, [pathway("box-7111")], [EAST_1]), NAMES));
});

test("a snapshot is told by name throughout", () => {
  const snapshot: PlayerSnapshot = {
    servedBy: "box-7111",
    pathways: [pathway("box-7111"), pathway("x")],
    steering: "none",
    degraded: false,
    standsStill: false,
    bufferSeconds: 1,
    rendition: undefined,
    live: undefined,
    served: [
      { startSeconds: 0, endSeconds: 2, pathway: "x", resumedOn: "box-7111" },
      { startSeconds: 2, endSeconds: 4, pathway: "box-7111", resumedOn: undefined },
    ],
    reports: [],
    counts: { failovers: 0, failbacks: 0, hedges: 0, resumes: 0, requests: 0 },
    bytes: { delivered: 0, hedging: 0, probing: 0 },
  };
  const named = nameSnapshot(snapshot, NAMES);
  assert.equal(named.servedBy, "east-1");
  assert.deepEqual(
    named.pathways.map(({ id }) => id),
    ["east-1", "x"],
  );
  assert.deepEqual(
    named.served.map((span) => [span.pathway, span.resumedOn]),
    [
      ["x", "east-1"],
      ["east-1", undefined],
    ],
  );
  assert.equal(nameSnapshot(snapshot, new Map()), snapshot);
});

test("every story is told by name", () => {
  const heard: readonly HeardEvent[] = [
    {
      kind: "failover",
      event: {
        from: "box-7111",
        to: "x",
        reason: "refused",
        kind: "segment",
        keptBytes: 0,
        afterMs: 1,
        bufferSeconds: 1,
      },
    },
    { kind: "resume", event: { from: "box-7111", to: "x", atByte: 1, sizeBytes: undefined } },
    {
      kind: "failback",
      event: { from: "x", to: "box-7111", reason: "recovered", awayMs: 1, bufferSeconds: 1 },
    },
    { kind: "degraded", event: { state: "unreachable", sinceMs: 1, tried: ["box-7111"] } },
    { kind: "degraded", event: { state: "recovered", afterMs: 1, pathway: "box-7111" } },
  ];
  const log = heard.reduce<EventLog>((sofar, event, index) => recordEvent(sofar, event, index), []);
  const named = nameLog(log, NAMES);
  assert.equal(named.length, heard.length);
  for (const { story } of named) {
    assert.match(storySentence(story), /east-1/);
    assert.doesNotMatch(storySentence(story), /7111/);
  }
  assert.equal(nameLog(log, new Map()), log);
});
test("a fault is told of a box by its own name already", () => {
  const log = recordFaults(
    [],
    [{ kind: "healed", target: "east-1", fault: "trickle", afterMs: 1_000, by: "time" }],
    1,
  );
  assert.deepEqual(nameLog(log, NAMES), log);
});
