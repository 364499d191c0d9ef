import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../kernel/seeded-random.ts";
import { DEMO, following, goodProbe, verdict, WATCH_POLICY } from "./health.rig.ts";
import { type NodeHealth, observeNode } from "./node-health.ts";
import {
  type Deviation,
  type SignalWatch,
  sweepWhole,
  type WatchedNode,
  watchSignals,
} from "./watch-signals.ts";

const { health: UP } = following("n..");

type Fleet = {
  /** Milliseconds to the first byte of each node in this second. */
  readonly firstByteMs: (node: number, second: number) => number;
  readonly nodes?: number;
  readonly regionOf?: (node: number) => string;
  readonly isUp?: (node: number, second: number) => boolean;
};

/** What deviated in each second, as `node:worseThan`. */
function deviationsOver(seconds: number, fleet: Fleet): string[][] {
  const watch = watchSignals(WATCH_POLICY);
  return Array.from({ length: seconds }, (_, second) => {
    const found = sweepWhole(watch, nodesAt(second, fleet), atMs(second));
    return Array.from(found).flatMap(([id, deviations]) =>
      deviations.map(({ worseThan }) => `${id}:${worseThan}`),
    );
  });
}

const atMs = (second: number) => 10_001 + second * 1_000;

function nodesAt(
  second: number,
  { firstByteMs, nodes = 5, regionOf = () => "east", isUp = () => true }: Fleet,
): WatchedNode[] {
  return Array.from({ length: nodes }, (_, node) => {
    const outcome = goodProbe(firstByteMs(node, second));
    const health = observeNode(UP, { kind: "probed", outcome }, DEMO, atMs(second) - 500);
    const state = isUp(node, second) ? "up" : "recovering";
    return { id: `${node}`, region: regionOf(node), health: { ...health, state } };
  });
}

/** Noise of a fifth, the same in every run. */
function noisy(seed: string, expected: (node: number, second: number) => number) {
  const random = seededRandom(seed);
  return (node: number, second: number) => expected(node, second) * (0.9 + 0.2 * random());
}
const flat = (seconds: readonly string[][]) => [...new Set(seconds.flat())];

describe("sweep()", () => {
  test("says nothing of a fleet in its usual noise", () =>
    assert.deepEqual(flat(deviationsOver(900, { firstByteMs: noisy("quiet", () => 80) })), []));

  test("notices a jump of one node within k sweeps, by its own past", () => {
    const jump = noisy("jump", (node, second) => (node === 2 && second >= 60 ? 200 : 80));
    const seconds = deviationsOver(70, { firstByteMs: jump });
    assert.deepEqual(flat(seconds.slice(0, 62)), []);
    assert.deepEqual(seconds[62], ["2:forecast"]);
  });

  test("a jump of everybody is nobody's fault", () => {
    const jump = noisy("everybody", (_, second) => (second >= 60 ? 400 : 80));
    assert.deepEqual(flat(deviationsOver(300, { firstByteMs: jump })), []);
  });

  test("a jump of a whole region is not the fault of its nodes", () => {
    const jump = noisy("region", (node, second) => (node < 5 && second >= 60 ? 400 : 80));
    const regionOf = (node: number) => (node < 5 ? "east" : "west");
    assert.deepEqual(flat(deviationsOver(300, { firstByteMs: jump, nodes: 10, regionOf })), []);
  });

  test("notices what creeps, by the peers", () => {
    const creep = noisy("creep", (node, second) =>
      node === 2 && second >= 100 ? 80 * (1 + (second - 100) / 200) : 80,
    );
    assert.deepEqual(flat(deviationsOver(400, { firstByteMs: creep })), ["2:peers"]);
  });

  test("a node that is always slower than its peers is not sick", () => {
    const far = noisy("far", (node) => (node === 2 ? 240 : 80));
    assert.deepEqual(flat(deviationsOver(600, { firstByteMs: far })), []);
  });

  test("nobody may be slower than the limit, not even everybody", () => {
    const dead = deviationsOver(30, { firstByteMs: () => 1_001 });
    assert.deepEqual(flat(dead.slice(0, 2)), []);
    assert.equal(dead[2]?.length, 5);
    assert.deepEqual(dead[2]?.[0], "0:limit");
  });

  test("a large ratio of next to nothing is nothing", () => {
    const tiny = noisy("tiny", (node, second) => (node === 2 && second >= 60 ? 12 : 1));
    assert.deepEqual(flat(deviationsOver(120, { firstByteMs: tiny })), []);
  });

  test("two odd samples in a row are noise", () => {
    const odd = noisy("odd", (node, second) =>
      node === 2 && (second === 60 || second === 61) ? 300 : 80,
    );
    assert.deepEqual(flat(deviationsOver(120, { firstByteMs: odd })), []);
  });

  test("what deviates does so while the incident lasts, and no longer", () => {
    const incident = noisy("while", (node, second) =>
      node === 2 && second >= 60 && second < 180 ? 240 : 80,
    );
    const seconds = deviationsOver(240, { firstByteMs: incident });
    for (const found of seconds.slice(62, 180)) assert.equal(found.length, 1);
    assert.deepEqual(flat(seconds.slice(190)), []);
  });

  test("a node without peers is compared with its own past", () => {
    const jump = noisy("alone", (_, second) => (second >= 60 ? 240 : 80));
    const seconds = deviationsOver(70, { firstByteMs: jump, nodes: 1 });
    assert.deepEqual(flat(seconds), ["0:forecast"]);
  });

  test("only who is up is judged, and is a peer of others", () => {
    const jump = noisy("trial", (node, second) => (node >= 2 && second >= 60 ? 240 : 80));
    const isUp = (node: number, second: number) => node < 3 || second < 60;
    assert.deepEqual(flat(deviationsOver(65, { firstByteMs: jump, isUp })), ["2:forecast"]);
  });

  test("whoever leaves the state of being up is forgiven", () => {
    const jump = noisy("forgiven", (node, second) => (node === 2 && second >= 60 ? 240 : 80));
    const isUp = (node: number, second: number) => node !== 2 || second < 65 || second > 65;
    const seconds = deviationsOver(67, { firstByteMs: jump, isUp });
    assert.deepEqual(seconds[64], ["2:forecast"]);
    assert.deepEqual(seconds[66], []);
  });

  test("one sample of a signal counts once, however often is swept", () => {
    const watch = watchSignals(WATCH_POLICY);
    const fleet = { firstByteMs: () => 1_001 };
    const sweepTwice = (second: number) => {
      sweepWhole(watch, nodesAt(second, fleet), atMs(second));
      return sweepWhole(watch, nodesAt(second, fleet), atMs(second) + 5);
    };
    assert.equal(deviating(sweepTwice(0)), 0);
    assert.equal(deviating(sweepTwice(1)), 0);
    assert.equal(deviating(sweepTwice(2)), 5);
    // The same samples an hour later are no news, and no reproach either.
    assert.equal(deviating(sweepWhole(watch, nodesAt(2, fleet), 3_600_000)), 0);
  });

  test("whoever is no longer in the fleet is forgotten", () => {
    const watch = watchSignals(WATCH_POLICY);
    const fleet = { firstByteMs: () => 1_001 };
    for (let second = 0; second < 5; second += 1) {
      sweepWhole(watch, nodesAt(second, fleet), atMs(second));
    }
    sweepWhole(watch, [], atMs(5));
    assert.equal(deviating(sweepWhole(watch, nodesAt(6, fleet), atMs(6))), 0);
  });

  test("what is absurd or no number poisons no forecast", () =>
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 60 }), (absurd) => {
        const watch = watchSignals(WATCH_POLICY);
        for (const [second, value] of absurd.entries()) sweepOne(watch, second, value);
        // Two training periods later it knows what is usual, and notices what is not.
        const begun = absurd.length;
        const calmUntil = begun + 200;
        for (let second = begun; second < calmUntil; second += 1) sweepOne(watch, second, 80);
        let found: readonly Deviation[] = [];
        for (let second = calmUntil; second < calmUntil + 5; second += 1) {
          found = sweepOne(watch, second, 900);
        }
        assert.ok(found.some(({ signal }) => signal === "first-byte"));
        for (const { value, expected } of found) assert.ok(Number.isFinite(value + expected));
      }),
      { numRuns: 30 },
    ));
});

function deviating(found: ReadonlyMap<string, readonly Deviation[]>): number {
  return Array.from(found.values()).flat().length;
}

/** One node of two gets this value for every signal that it has. */
function sweepOne(watch: SignalWatch, second: number, value: number): readonly Deviation[] {
  const withValue = (health: NodeHealth, each: number) =>
    observeNode(
      observeNode(health, { kind: "probed", outcome: goodProbe(each, each) }, DEMO, atMs(second)),
      {
        kind: "players-judged",
        verdict: { ...verdict("unknown"), errorRatio: each, throughputBitsPerSecond: each },
      },
      DEMO,
      atMs(second),
    );
  const nodes = [
    { id: "calm", region: "east", health: withValue(UP, 80) },
    { id: "odd", region: "east", health: withValue(UP, value) },
  ];
  return sweepWhole(watch, nodes, atMs(second)).get("odd") ?? [];
}
