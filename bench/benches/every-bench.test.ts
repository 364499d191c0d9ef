import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BENCH_NAMES, findBenches } from "./every-bench.ts";

const find = (...names: string[]) => findBenches(names).map(({ name }) => name);
const GROUPS = ["steering", "all"];

describe("findBenches()", () => {
  test("finds them in the order given", () =>
    assert.deepEqual(find("steering-scale", "edge-ram"), ["steering-scale", "edge-ram"]));
  test("finds each once", () =>
    assert.deepEqual(find("steering-scale", "all", "edge-ram"), [
      "steering-scale",
      ...BENCH_NAMES.filter((name) => name !== "steering-scale" && !GROUPS.includes(name)),
    ]));
  test("`all` is all that has a name", () =>
    assert.deepEqual([...find("all"), ...GROUPS], BENCH_NAMES));
  test("`steering` is all that shows what steering is to reach", () =>
    assert.deepEqual(find("steering"), [
      "steering-manifests",
      "steering-scale",
      "steering-heartbeats",
      "steering-detection",
      "steering-rebalance",
      ...find("all").filter((name) => name === "incidents"),
    ]));
  test("says which there are", () =>
    assert.throws(() => find("edge-rma"), {
      name: "BenchError",
      message: `No bench is called edge-rma. There are: ${BENCH_NAMES.join(", ")}.`,
    }));
});
