import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { initName, playlistPath, readLivePath, segmentName } from "./live-path.ts";

describe("readLivePath()", () => {
  test("reads what the others write", () => {
    assert.deepEqual(readLivePath("master.m3u8"), { kind: "multivariant" });
    assert.deepEqual(readLivePath(playlistPath("v")), { kind: "playlist", streamId: "v" });
    assert.deepEqual(readLivePath(`v/${initName("a-film")}`), {
      kind: "init",
      streamId: "v",
      titleId: "a-film",
    });
    for (const sequence of [0, 7, 14_129_017, 999_999_999_999]) {
      const path = `v/${segmentName(sequence)}`;
      assert.deepEqual(readLivePath(path), { kind: "segment", streamId: "v", sequence });
    }
  });
  for (const path of [
    "",
    "v",
    "v/",
    "v/x/index.m3u8",
    "v/07.m4s",
    "v/-1.m4s",
    "v/1e3.m4s",
    "v/1.5.m4s",
    "v/1.mp4",
    "v/1000000000000.m4s",
    "v/init-.mp4",
    "v/init-A.mp4",
    "v/master.m3u8",
  ]) {
    test(`knows nothing at "${path}"`, () => assert.equal(readLivePath(path), undefined));
  }
});
