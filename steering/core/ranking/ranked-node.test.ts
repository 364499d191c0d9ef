import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsable } from "./ranked-node.ts";

test("who is up or on trial may take viewers", () => {
  const usable = (["up", "recovering", "draining", "down", "gone"] as const).filter((state) =>
    isUsable({ state }),
  );
  assert.deepEqual(usable, ["up", "recovering"]);
});
test("unless an operator has taken it away", () => {
  const usable = (["drain", "exclude", "prefer", "trust", undefined] as const).filter((override) =>
    isUsable({ state: "up", override }),
  );
  assert.deepEqual(usable, ["prefer", "trust", undefined]);
});
