import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BENCH_NAMES, findBenches } from "./every-bench.ts";

const find = (...names: string[]) => findBenches(names).map(({ name }) => name);

describe("findBenches()", () => {
  test("finds them in the order given", () =>
    assert.deepEqual(find("steering", "edge-ram"), ["steering", "edge-ram"]));
  test("finds each once", () =>
    assert.deepEqual(find("steering", "all", "edge-ram"), [
      "steering",
      ...BENCH_NAMES.filter((name) => name !== "steering" && name !== "all"),
    ]));
  test("`all` is all that has a name", () =>
    assert.deepEqual([...find("all"), "all"], BENCH_NAMES));
  test("says which there are", () =>
    assert.throws(() => find("edge-rma"), {
      name: "BenchError",
      message: `No bench is called edge-rma. There are: ${BENCH_NAMES.join(", ")}.`,
    }));
});
