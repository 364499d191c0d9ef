import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HeldObject, indexByOrder } from "./ordered-index.ts";

describe("indexByOrder()", () => {
  const told: string[] = [];
  const newIndex = indexByOrder<HeldObject>(() => ({
    insert: ({ key, value, sizeBytes }) => ({ key, value, sizeBytes }),
    onHit: ({ key }) => told.push(`hit ${key}`),
    remove: ({ key }, cause) => told.push(`${cause} ${key}`),
    takeNext: () => undefined,
    clear: () => told.push("clear"),
  }));
  const index = newIndex<string>({
    limitBytes: 10,
    onRemoved: () => {},
    now: () => 1,
    random: () => 0,
  });

  test("tells the order of hits, replacements and deletions, and not of looking", () => {
    index.set("/a", "A", 10);
    index.peek("/a");
    index.get("/a");
    index.get("/b");
    index.set("/a", "A", 9);
    index.delete("/a");
    assert.deepEqual(told, ["hit /a", "replaced /a", "deleted /a"]);
  });

  test("an order that loses what it was given is found out", () => {
    index.set("/a", "A", 10);
    assert.throws(() => index.set("/b", "B", 1), /Cannot make room/);
  });
});
