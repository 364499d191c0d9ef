/** A channel that runs for an hour, with a primary that comes and goes: nothing may pile up. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Viewer } from "./viewer.rig.ts";
import { Rig } from "./wire.rig.ts";

const MINUTES = 60;
const WARM_UP_MINUTES = 30;
const COMPARED_MINUTES = 10;
/** A hundred bytes left behind by each request would be more. */
const MAX_GROWTH_BYTES = 120_000;

setFlagsFromString("--expose-gc");
// Code that is thrown away and compiled again would pass for the transport's own memory.
setFlagsFromString("--no-flush-bytecode");
/** Where V8 keeps what it compiles: it does so for as long as the test lasts. */
const SPACES_OF_CODE = /^(?:code|trusted|shared)/;
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !SPACES_OF_CODE.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One minute in which the primary fails in one way, then in another, and recovers. */
async function flap(rig: Rig, viewer: Viewer, minute: number): Promise<void> {
  await viewer.watches(20);
  rig.set("a", { does: minute % 2 === 0 ? "hang" : "hang-mid" });
  await viewer.watches(10);
  rig.set("a", { does: "refuse" });
  await viewer.watches(5);
  rig.set("a", { does: "serve" });
  await viewer.watches(25);
  // The rig's own notes are not the transport's.
  rig.asked.length = 0;
  rig.told.length = 0;
  rig.requests.length = 0;
  viewer.served.length = 0;
}

async function playAnHour() {
  const rig = new Rig();
  rig.isLive = true;
  const viewer = new Viewer(rig);
  viewer.opens();
  const heap: number[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await flap(rig, viewer, minute);
    if (minute >= WARM_UP_MINUTES) heap.push(heapBytes());
  }
  const grownBytes =
    median(heap.slice(-COMPARED_MINUTES)) - median(heap.slice(0, COMPARED_MINUTES));
  return { viewer, grownBytes };
}

// Not within a test: of each promise that a test makes, the runner keeps a note until it is collected.
const { viewer, grownBytes } = await playAnHour();

test("an hour of a live channel leaves no more behind than its first half", () => {
  assert.ok(grownBytes < MAX_GROWTH_BYTES, `${grownBytes} bytes`);
  assert.equal(viewer.stalledMs, 0);
  assert.deepEqual(viewer.failures, []);
  // The player's signal outlives its requests: none of them may hang on to it.
  assert.ok(getEventListeners(viewer.signal, "abort").length <= 8);
});
