import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { LAYERS, layerReport } from "./layer-report.ts";

const [layer = { name: "", budgetMinutes: 0, scripts: [] }] = LAYERS;
const lineOf = (tookMs: number, outcome: "passed" | "failed" | "not run") =>
  layerReport([{ layer, tookMs, outcome }]).split("\n")[2]?.replaceAll(/ +/g, " ");

describe("layerReport()", () => {
  test("says what a layer took and what it may take", () =>
    assert.equal(lineOf(59_600, "passed"), "static 1 min 0 s 1 min 0 s passed"));
  test("marks a layer that took longer than it may", () =>
    assert.equal(lineOf(61_000, "passed"), "static 1 min 1 s 1 min 0 s passed, over its budget"));
  test("claims no time for what was not run", () =>
    assert.equal(lineOf(0, "not run"), "static - 1 min 0 s not run"));
  test("adds up", () => {
    const run = { layer, tookMs: 65_000, outcome: "passed" } as const;
    assert.match(layerReport([run, run]), /together +2 min 10 s/);
  });
});

test("every script of a layer exists", () => {
  const text = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  for (const name of LAYERS.flatMap((one) => one.scripts)) assert.ok(name in scripts, name);
});
