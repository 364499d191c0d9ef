import assert from "node:assert/strict";
import { test } from "node:test";
import { storySentence } from "./story-sentence.ts";
import { unbroken } from "./unbroken.rig.ts";

test("a fault is told in its own words", () => {
  const told = { target: "east-1", fault: "trickle", by: "you" } as const;
  assert.equal(
    storySentence({ ...told, kind: "fault", healsInSeconds: 20 }),
    unbroken("You broke east-1: trickle, heals in 20 s"),
  );
  assert.equal(
    storySentence({ ...told, kind: "healed", afterMs: 2_000 }),
    unbroken("You healed east-1: trickle, over after 2.0 s"),
  );
});
test("what the player did is told in its", () =>
  assert.equal(
    storySentence({
      kind: "degraded",
      event: { state: "recovered", afterMs: 12_300, pathway: "west-1" },
    }),
    unbroken("west-1 answers again after 12 s; playback goes on"),
  ));
