import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wrkScript } from "./wrk-script.ts";

const script = (...paths: string[]) => wrkScript({ paths, everyTimeAnother: "[<id>]", mark: "a1" });

describe("wrkScript()", () => {
  test("names every path", () => assert.match(script("/a", "/b"), /paths = \{ "\/a", "\/b" \}/));
  test("lets nothing end a string before its time", () =>
    assert.match(script('/a"\\'), /paths = \{ "\/a\\"\\\\" \}/));
  test("begins the words of this run with its mark", () =>
    assert.match(script("/o/[<id>]"), /\.\. "a1-" \.\. number/));
});
