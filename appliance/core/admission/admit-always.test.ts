import assert from "node:assert/strict";
import { test } from "node:test";
import { newAdmitAlways } from "./admit-always.ts";

test("takes in whatever comes, and says so", () => {
  const admission = newAdmitAlways({ random: () => 0.5 });
  assert.deepEqual(admission.decide("/a", 1), { action: "admit", reason: "always" });
});
