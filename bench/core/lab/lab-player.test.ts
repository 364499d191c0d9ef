import assert from "node:assert/strict";
import { test } from "node:test";
import { findLabPlayer, LAB_PLAYERS } from "./lab-player.ts";

test("those behind our worker are stock players on the same pages", () =>
  assert.deepEqual(
    LAB_PLAYERS.filter(({ worker }) => worker).map(({ name, page }) => [name, page]),
    [
      ["understudy-worker+shaka", "shaka"],
      ["understudy-worker+vhs", "vhs"],
      ["understudy-worker+dash", "dash"],
    ],
  ));
test("whoever plays manifests plays on demand only", () =>
  assert.deepEqual(
    LAB_PLAYERS.filter(({ manifest }) => manifest === "dash").map(({ modes }) => modes),
    [["vod"], ["vod"]],
  ));
test("an unknown name finds nobody", () => assert.equal(findLabPlayer("flash"), undefined));
