import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Events, type default as Hls, LoadStats } from "hls.js";
import { DEFAULT_FAILOVER_POLICY } from "../contract/player-options.ts";
import { RenditionGuard } from "./rendition-guard.ts";

/** hls.js with renditions of 100 and 500 kbit/s, loading a segment of 2 s of one of them since 0 ms. */
function loading(level: number, { bufferSeconds = 4, paused = false, auto = true } = {}) {
  const did: string[] = [];
  const listeners = new Map<string, (event: string, data: object) => void>();
  const stats = new LoadStats();
  const frag = {
    type: "main",
    sn: 3,
    level,
    duration: 2,
    stats,
    abortRequests: () => did.push("abort"),
  };
  const hls = {
    on: (event: string, listener: (event: string, data: object) => void) =>
      listeners.set(event, listener),
    trigger: (event: string) => did.push(event),
    minAutoLevel: 0,
    autoLevelEnabled: auto,
    media: { paused },
    levels: [{ averageBitrate: 100_000 }, { averageBitrate: 500_000 }],
    bandwidthEstimate: 50_000_000,
    nextLoadLevel: -1,
    nextAutoLevel: -1,
  };
  const guard = new RenditionGuard({
    hls: hls as unknown as Hls,
    policy: DEFAULT_FAILOVER_POLICY,
    bufferSeconds: () => bufferSeconds,
  });
  const fire = (event: string, data: object = { frag }) => listeners.get(event)?.(event, data);
  fire(Events.FRAG_LOADING);
  stats.loading.first = 1;
  stats.total = level === 1 ? 125_000 : 25_000;
  return { guard, hls, frag, stats, did, fire };
}

describe("the rendition guard", () => {
  test("gives up a segment that comes too slowly, for the lowest at the pace of the link", () => {
    const { guard, hls, stats, did } = loading(1);
    stats.loaded = 50_000;
    guard.tick(2_501);
    assert.deepEqual(did, ["abort", Events.FRAG_LOAD_EMERGENCY_ABORTED]);
    assert.equal(hls.nextLoadLevel, 0);
    assert.equal(hls.nextAutoLevel, 0);
    assert.equal(hls.bandwidthEstimate, 160_000);
    guard.tick(2_601);
    assert.equal(did.length, 2);
  });

  for (const [what, level, circumstances] of [
    ["the lowest", 0, {}],
    ["one that leaves enough in hand", 1, { bufferSeconds: 20 }],
    ["one that the viewer has chosen", 1, { auto: false }],
    ["one that a paused picture waits for", 1, { paused: true }],
  ] as const) {
    test(`keeps ${what}`, () => {
      const { guard, stats, did } = loading(level, circumstances);
      stats.loaded = level === 1 ? 50_000 : 10;
      guard.tick(2_501);
      assert.deepEqual(did, []);
    });
  }

  test("has nothing to do with sound, nor with a segment that is here", () => {
    const { guard, fire, did, frag } = loading(1);
    fire(Events.FRAG_LOADED);
    fire(Events.FRAG_LOADING, { frag: { ...frag, type: "audio" } });
    guard.tick(9_000);
    assert.deepEqual(did, []);
  });

  test("tells hls.js what the link has come to once a segment took as long as all that is in hand", () => {
    const { hls, stats, fire } = loading(1);
    Object.assign(stats, { loaded: 125_000, total: 125_000 });
    Object.assign(stats.loading, { first: 1, end: 5_001 });
    fire(Events.FRAG_LOADED);
    assert.equal(hls.bandwidthEstimate, 200_000);
  });
});
