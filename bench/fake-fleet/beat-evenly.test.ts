import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Beat, beatEvenly } from "./beat-evenly.ts";

/** What falls due by the end of these moments, of two appliances with a heartbeat each 100 ms. */
async function beats(...momentsMs: readonly number[]): Promise<Beat[]> {
  const told: Beat[] = [];
  const stop = new AbortController();
  const moments = [...momentsMs];
  await beatEvenly({
    count: 2,
    everyMs: 100,
    now: () => {
      const nowMs = moments.shift() ?? 0;
      if (moments.length === 0) stop.abort();
      return nowMs;
    },
    signal: stop.signal,
    beat: (beat) => void told.push(beat),
  });
  return told;
}

describe("beatEvenly()", () => {
  test("spreads them over the time, each in its turn", async () =>
    assert.deepEqual(await beats(1, 1, 51, 101, 151), [
      { place: 0, sequence: 1, lateMs: 0 },
      { place: 1, sequence: 1, lateMs: 0 },
      { place: 0, sequence: 2, lateMs: 0 },
      { place: 1, sequence: 2, lateMs: 0 },
    ]));
  test("sends nothing before it is due", async () =>
    assert.equal((await beats(1, 1, 30, 50)).length, 1));
  test("catches up after it was held up, and tells how late it was", async () => {
    const late = (await beats(1, 1, 161)).map(({ lateMs }) => lateMs);
    assert.deepEqual(late, [0, 110, 60, 10]);
  });
});
