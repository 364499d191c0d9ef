import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashText } from "../../../kernel/seeded-random.ts";
import { FrequencySketch } from "./frequency-sketch.ts";

const POLICY = { minWidth: 1_024, maxWidth: 4_096, sampleFactor: 10 };
const hashOf = (name: number | string) => hashText(`/key-${name}`);

function sketchOf(counts: Readonly<Record<string, number>>): FrequencySketch {
  const sketch = new FrequencySketch(POLICY);
  for (const [name, count] of Object.entries(counts)) {
    for (let step = 0; step < count; step += 1) sketch.observe(hashOf(name));
  }
  return sketch;
}

describe("FrequencySketch", () => {
  test("knows how often a key came", () => {
    const sketch = sketchOf({ a: 1, b: 2, c: 7 });
    assert.deepEqual(
      ["a", "b", "c", "d"].map((name) => sketch.estimate(hashOf(name))),
      [1, 2, 7, 0],
    );
  });

  test("counts no further than it has bits", () =>
    assert.equal(sketchOf({ a: 1_000 }).estimate(hashOf("a")), 16));

  test("what came once does not disturb what came often", () => {
    const sketch = sketchOf({ a: 5 });
    for (let name = 0; name < 1_000; name += 1) sketch.observe(hashOf(name));
    assert.equal(sketch.estimate(hashOf("a")), 5);
  });

  test("estimates never fall short while nothing is forgotten, and seldom exceed", () => {
    const counts = Array.from({ length: 500 }, (_, name) => 1 + (name % 9));
    const sketch = sketchOf(Object.fromEntries(counts.entries()));
    let exceeded = 0;
    for (const [name, count] of counts.entries()) {
      const estimate = sketch.estimate(hashOf(name));
      assert.ok(estimate >= count, `key ${name}: ${estimate} for ${count}`);
      if (estimate > count) exceeded += 1;
    }
    assert.ok(exceeded < 25, `${exceeded} of 500 exceed`);
  });

  test("forgets half when it has seen enough", () => {
    const sketch = sketchOf({ a: 9 });
    for (let step = 9; step < POLICY.sampleFactor * POLICY.minWidth; step += 1) {
      sketch.observe(hashOf("b"));
    }
    // One of the nine was known to the doorkeeper alone, which starts anew.
    assert.equal(sketch.estimate(hashOf("a")), 4);
  });

  test("grows with what is held, to its greatest width and no further", () => {
    const sketch = sketchOf({ a: 3 });
    sketch.fit(1_024);
    assert.equal(sketch.estimate(hashOf("a")), 3);
    sketch.fit(1_025);
    assert.equal(sketch.estimate(hashOf("a")), 0);
    sketch.fit(1_000_000);
    sketch.observe(hashOf("a"));
    sketch.fit(2_000_000);
    assert.equal(sketch.estimate(hashOf("a")), 1);
  });
});
