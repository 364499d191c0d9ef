import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { LabRun } from "../../contract/lab-result.ts";
import type { LabExchange } from "./judge-serving.ts";
import { findLabFault, type LabFault } from "./lab-fault.ts";
import { type Seen, summariseRun } from "./summarise-run.ts";

const OPENED_MS = 1_000_000;
const SPAN = { fromSeconds: 14, toSeconds: 44 };

function exchange(
  pathway: "A" | "B",
  askedSeconds: number,
  over: Partial<LabExchange> = {},
): LabExchange {
  const number = Math.floor(askedSeconds);
  return {
    pathway,
    path: `/video-540/segment-${number}.m4s`,
    kind: "segment",
    stream: "video-540",
    number,
    askedSeconds,
    lastByteSeconds: askedSeconds + 0.1,
    passedBytes: 10,
    sizeBytes: 10,
    asksForRest: true,
    isWhole: true,
    isLie: false,
    ...over,
  };
}

function seen(fault: string, over: Partial<Seen> = {}): Seen {
  return {
    player: "understudy",
    playerVersion: "0.1.0",
    startedAt: "2026-11-28T23:00:00.000Z",
    fault: findLabFault(fault) as LabFault,
    course: { faultAtSeconds: 14, faultSeconds: 30, afterSeconds: 25 },
    mode: "live",
    link: "open",
    steering: "up",
    run: 1,
    openedMs: OPENED_MS,
    endSeconds: 69,
    span: SPAN,
    firstAskedSeconds: 0.2,
    steeringRequests: 14,
    page: {
      firstFrameAtMs: OPENED_MS + 900,
      samples: [1, 13.9, 14.2, 14.5].map((atSeconds) => ({
        atMs: OPENED_MS + atSeconds * 1_000,
        mediaSeconds: atSeconds,
        frames: atSeconds * 24,
        bufferSeconds: atSeconds / 2,
        ended: false,
      })),
      errors: [],
    },
    exchanges: [
      exchange("A", 12),
      exchange("B", 15),
      exchange("A", 50),
      exchange("A", 51, { stream: "audio" }),
    ],
    touches: [{ atSeconds: 14.4, path: "/video-540/segment-15.m4s" }],
    ...over,
  };
}

describe("summariseRun()", () => {
  const run = summariseRun(seen("blackhole"));
  test("keeps its contract", () => assert.ok(Value.Check(LabRun, run)));
  test("has the figures that are promised", () =>
    assert.deepEqual(
      [
        run.bufferAtFaultSeconds,
        run.stallSeconds,
        run.dead,
        run.backupSeconds,
        run.failbackSeconds,
        run.startupSeconds,
      ],
      [6.95, 0, false, 0.6, 6, 0.7],
    ));
  test("touches before the fault and after it are nothing", () =>
    assert.equal(
      summariseRun(
        seen("blackhole", {
          touches: [
            { atSeconds: 13, path: "/a" },
            { atSeconds: 45, path: "/a" },
          ],
        }),
      ).backupSeconds,
      null,
    ));
  for (const fault of ["slow-link", "offline"]) {
    test(`in ${fault} no pathway is ill, so there is nothing to leave or come back to`, () => {
      const { backupSeconds, failbackSeconds } = summariseRun(seen(fault));
      assert.deepEqual([backupSeconds, failbackSeconds], [null, null]);
    });
  }
  for (const fault of ["refuse", "flap", "kill"]) {
    test(`${fault} is first seen by what was open as it began`, () => {
      const open = exchange("A", 13, { passedBytes: 4, isWhole: false, lastByteSeconds: 13.95 });
      const exchanges = [open, exchange("B", 14.5)];
      assert.equal(summariseRun(seen(fault, { exchanges, touches: [] })).backupSeconds, 0.5);
    });
  }
  test("a control has no fault, and the buffer of its moment all the same", () => {
    const { span: _, ...control } = seen("none");
    const { timeline, backupSeconds, bufferAtFaultSeconds } = summariseRun({
      ...control,
      span: undefined,
    });
    assert.deepEqual([timeline.fault, backupSeconds, bufferAtFaultSeconds], [null, null, 6.95]);
  });
  test("without a picture it has no start, and is dead", () => {
    const page = { firstFrameAtMs: null, samples: [], errors: [] };
    const { startupSeconds, dead, bufferAtFaultSeconds } = summariseRun(
      seen("blackhole@start", { page }),
    );
    assert.deepEqual([startupSeconds, dead, bufferAtFaultSeconds], [null, true, null]);
  });
  test("remarks on the page's first error, and on silence", () => {
    const { page } = seen("none");
    const spoken = summariseRun(seen("none", { page: { ...page, errors: ["no!", "nor"] } }));
    assert.equal(spoken.remark, "The page said: no!");
    assert.equal(
      summariseRun(seen("none", { exchanges: [exchange("A", 1)] })).remark,
      "It fetched no sound.",
    );
    assert.equal(run.remark, undefined);
  });
});
