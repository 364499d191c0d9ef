import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../kernel/seeded-random.ts";
import { drawIncidents, effectAt, FAMILIES, type Family } from "./draw-incidents.ts";

const DAY = { nodes: 12, seconds: 86_400, perNode: 3 };
const drawn = (family: Family, seed = "1") => drawIncidents(family, DAY, seededRandom(seed));

describe("drawIncidents()", () => {
  for (const family of FAMILIES) {
    test(`${family}: so many of each node, within the day, and never two at a time`, () => {
      for (let node = 0; node < DAY.nodes; node += 1) {
        const own = drawn(family).filter((incident) => incident.node === node);
        assert.equal(own.length, DAY.perNode);
        let lastUntil = 3_600;
        for (const { fromSecond, untilSecond } of own) {
          assert.ok(fromSecond >= lastUntil && untilSecond > fromSecond);
          lastUntil = untilSecond;
        }
        assert.ok(lastUntil <= DAY.seconds);
      }
    });
    test(`${family}: the same seed draws the same, another one does not`, () => {
      assert.deepEqual(drawn(family), drawn(family));
      assert.notDeepEqual(drawn(family), drawn(family, "2"));
    });
    test(`${family}: every kind occurs`, () =>
      assert.equal(new Set(drawn(family).map(({ kind }) => kind)).size, 4));
  }
});

describe("effectAt()", () => {
  test("a sudden one is there at once and gone at once", () => {
    for (const incident of drawn("sudden")) {
      assert.equal(effectAt(incident, incident.fromSecond - 1), undefined);
      assert.deepEqual(effectAt(incident, incident.fromSecond), incident.effect);
      assert.deepEqual(effectAt(incident, incident.untilSecond - 1), incident.effect);
      assert.equal(effectAt(incident, incident.untilSecond), undefined);
    }
  });
  test("a creeping one begins with nothing and ends at its full size", () => {
    const slow = drawn("creeping").find(({ kind }) => kind === "latency grows") ?? assert.fail();
    const at = (second: number) => effectAt(slow, second)?.firstByteTimes ?? assert.fail();
    const half = Math.round((slow.fromSecond + slow.untilSecond) / 2);
    assert.equal(at(slow.fromSecond), 1);
    assert.ok(Math.abs(at(half) - Math.sqrt(slow.effect.firstByteTimes)) < 0.01);
    assert.ok(Math.abs(at(slow.untilSecond - 1) - slow.effect.firstByteTimes) < 0.01);
  });
});
