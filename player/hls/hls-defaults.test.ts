import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withHlsDefaults } from "./hls-defaults.ts";

describe("withHlsDefaults()", () => {
  test("keeps four segments from the live edge", () =>
    assert.equal(withHlsDefaults({}).liveSyncDurationCount, 4));
  test("the page's word counts", () => {
    const config = withHlsDefaults({ liveSyncDurationCount: 2, backBufferLength: 10 });
    assert.deepEqual(config, { liveSyncDurationCount: 2, backBufferLength: 10 });
  });
  for (const config of [
    { liveSyncDuration: 5 },
    { liveMaxLatencyDuration: 20, liveSyncDuration: 5 },
    { liveMaxLatencyDurationCount: 3, liveSyncDurationCount: 2 },
  ]) {
    test(`gives way to ${Object.keys(config).join(" and ")}`, () => {
      const { liveSyncDurationCount } = withHlsDefaults(config);
      assert.equal(
        liveSyncDurationCount,
        (config as Partial<{ liveSyncDurationCount: number }>).liveSyncDurationCount,
      );
    });
  }
});
