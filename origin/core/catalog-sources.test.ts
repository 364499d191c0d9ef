import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listSources } from "./catalog-sources.ts";

const self = "http://origin";
const sources = (steering: string | undefined, edges: string[]) =>
  listSources("/vod/a-film/master.m3u8", { steering, edges, self });

describe("listSources()", () => {
  test("names steering first, then each appliance", () =>
    assert.deepEqual(sources("http://steer", ["http://e1", "http://e2"]), [
      "http://steer/v1/play/demo/vod/a-film/master.m3u8",
      "http://e1/vod/a-film/master.m3u8",
      "http://e2/vod/a-film/master.m3u8",
    ]));
  test("does without steering", () =>
    assert.deepEqual(sources(undefined, ["http://e1"]), ["http://e1/vod/a-film/master.m3u8"]));
  test("names the origin itself where there is nothing else", () =>
    assert.deepEqual(sources(undefined, []), ["http://origin/vod/a-film/master.m3u8"]));
});
