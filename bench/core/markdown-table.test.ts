import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownTable } from "./markdown-table.ts";

test("markdownTable() sets cells below each other, and leaves out none", () =>
  assert.equal(
    markdownTable([["a", "player"], ["refuse", "0"], ["b"]]),
    [
      "| a      | player |",
      "| ------ | ------ |",
      "| refuse | 0      |",
      "| b      |        |",
    ].join("\n"),
  ));

test("a column is wide enough for its rule", () =>
  assert.equal(markdownTable([["a"]]), "| a   |\n| --- |"));
