import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { spotOf } from "../../../kernel/hash-ring.ts";
import { EXAMPLE_POLICY, equalNodes, nodesOf } from "./any-fleet.rig.ts";
import { membershipOf, ringOver } from "./membership.ts";

const of = (marks: string) => membershipOf(nodesOf(marks), EXAMPLE_POLICY);

describe("membershipOf()", () => {
  test("numbers nodes by id and regions by name", () => {
    const { ids, regions, regionOf, membersOf, indexOf } = of("c:west:U a:west:U b:east:U");
    assert.deepEqual(ids, ["a", "b", "c"]);
    assert.equal(indexOf.get("c"), 2);
    assert.deepEqual(regions, ["east", "west"]);
    assert.deepEqual([...regionOf], [1, 0, 1]);
    assert.deepEqual(membersOf, [[1], [0, 2]]);
  });
  test("does not depend on the order in which nodes are known", () => {
    const nodes = equalNodes(20);
    assert.deepEqual(
      membershipOf(nodes, EXAMPLE_POLICY),
      membershipOf(nodes.toReversed(), EXAMPLE_POLICY),
    );
  });
  test("stays as it is while nodes come to be well or ill", () => {
    const before = of("a:east:U b:west:U");
    const after = nodesOf("b:west:D a:east:R!");
    assert.equal(membershipOf(after, EXAMPLE_POLICY, before), before);
  });
  test("is worked out anew when a node joins, leaves, is replaced, moves or changes its size", () => {
    const before = of("a:east:U b:west:U");
    const larger = nodesOf("a:east:U b:west:U").map((node) => ({ ...node, weight: 2 }));
    for (const nodes of [
      nodesOf("a:east:U b:west:U c:west:U"),
      nodesOf("a:east:U"),
      nodesOf("a:east:U c:west:U"),
      nodesOf("a:east:U b:east:U"),
      larger,
    ]) {
      const after = membershipOf(nodes, EXAMPLE_POLICY, before);
      assert.notEqual(after, before);
      assert.deepEqual(after, membershipOf(nodes, EXAMPLE_POLICY));
    }
  });
  test("gives points by weight, one at least and no more than the limit", () => {
    const points = [0.001, 0.5, 1, 3, 1e9].map(
      (weight) => membershipOf(equalNodes(1, { weight }), EXAMPLE_POLICY).ringPoints[0],
    );
    assert.deepEqual(points, [1, 16, 32, 96, 256]);
  });
  test("two nodes of one id are a mistake", () => {
    assert.throws(() => of("a:east:U a:west:U"), RangeError);
    const before = of("a:east:U b:east:U");
    const twice = nodesOf("a:east:U a:east:U");
    assert.throws(() => membershipOf(twice, EXAMPLE_POLICY, before), RangeError);
  });
});

describe("ringOver()", () => {
  test("has the nodes of its regions by their numbers, and is kept", () => {
    const membership = of("a:west:U b:east:U c:west:U d:north:U");
    const ring = ringOver(membership, [2]);
    assert.deepEqual(new Set(ring.owners), new Set([0, 2]));
    assert.equal(ring.points.length, 64);
    assert.equal(ringOver(membership, [2]), ring);
    assert.deepEqual(new Set(ringOver(membership, [0, 1]).owners), new Set([1, 3]));
  });
  test("a title stays where it is on the ring when a node joins, or goes to the new one", () =>
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 12 }), (title, count) => {
        const homeIn = (size: number) => {
          const membership = membershipOf(equalNodes(size), EXAMPLE_POLICY);
          const { points, owners } = ringOver(membership, [0]);
          const at = points.findIndex((point) => point >= spotOf(title));
          return membership.ids[owners[Math.max(0, at)] ?? 0];
        };
        const after = homeIn(count + 1);
        assert.ok(after === homeIn(count) || after === `node-${count}`);
      }),
    ));
  test("old rings are forgotten before they outgrow the fleet", () => {
    const nodes = Array.from({ length: 12 }, (_, at) => `n${at}:r${at}:U`).join(" ");
    const membership = of(nodes);
    const all = Array.from({ length: 12 }, (_, at) => at);
    for (const left of all) ringOver(membership, all.toSpliced(left, 1));
    const held = Array.from(membership.rings.values(), ({ points }) => points.length);
    assert.ok(held.length >= 4);
    assert.ok(held.reduce((sum, points) => sum + points, 0) <= 4 * 12 * 32);
  });
});
