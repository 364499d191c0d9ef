import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Revision } from "./history-store.ts";
import { missedRevisions } from "./missed-revisions.ts";

const NOW_MS = 9_000;

/** Of `a:up b:` the node `b` is gone; each is a second later than the one before. */
function revisions(text: string, fromMs = 1_000): Revision[] {
  const words = text === "" ? [] : text.split(" ");
  return words.map((word, index) => {
    const [node = "", document] = word.split(":");
    return { node, document: document || undefined, wallMs: fromMs + index * 1_000 };
  });
}

function storeOf(all: readonly Revision[]) {
  return {
    asOf(atMs: number): Revision[] {
      const last = new Map<string, Revision>();
      for (const one of all) if (one.wallMs <= atMs) last.set(one.node, one);
      return [...last.values()].filter(({ document }) => document !== undefined);
    },
    newestRevisions: (limit: number): Revision[] => all.slice(-limit),
  };
}

function missed(file: string, memory: readonly Revision[], now: string): string {
  const latest = new Map(revisions(now).map(({ node, document = "" }) => [node, document]));
  return missedRevisions({
    file: storeOf(revisions(file, 0)),
    memory: storeOf(memory),
    latest,
    wallMs: NOW_MS,
  })
    .map(({ node, document = "", wallMs }) => `${node}:${document}@${wallMs / 1_000}`)
    .join(" ");
}

describe("a file that was left alone is told", () => {
  test("nothing where nothing has changed", () =>
    assert.equal(missed("a:up b:up", revisions("a:up b:up"), "a:up b:up"), ""));
  test("each change in its place", () =>
    assert.equal(
      missed("a:up", revisions("a:up a:down b:up a:up"), "a:up b:up"),
      "a:down@2 b:up@3 a:up@4",
    ));
  test("who is gone, when it went", () =>
    assert.equal(missed("a:up b:up", revisions("a:up b:up b:"), "a:up"), "b:@3"));
  test("how all are now, where memory has lost it", () =>
    assert.equal(missed("a:up b:up", [], "a:down c:up"), "a:down@9 c:up@9 b:@9"));
  test("of many changes the newest, and before them how it was by then", () => {
    const many = Array.from({ length: 6_000 }, (_, index) => ({
      node: index === 0 ? "old" : "busy",
      document: String(index),
      wallMs: index,
    }));
    const told = missed("", many, "old:0 busy:5999").split(" ");
    assert.equal(told.length, 5_001);
    assert.deepEqual(told.slice(0, 2).sort(), ["busy:1000@1", "old:0@1"]);
    assert.equal(told.at(-1), "busy:5999@5.999");
  });
});
