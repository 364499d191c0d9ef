/** Runs such as the lab writes, for the tests of what is made of them. */
import type { LabRun } from "../../contract/lab-result.ts";

export function exampleRun(over: Partial<LabRun> = {}): LabRun {
  return {
    player: "understudy",
    fault: "blackhole",
    mode: "live",
    link: "open",
    steering: "up",
    bufferAtFaultSeconds: 7.9,
    stallSeconds: 0,
    dead: false,
    backupSeconds: 0.712,
    failbackSeconds: 5.1,
    wastedBytesRatio: 0.01,
    startupSeconds: 0.4,
    run: 1,
    course: { faultAtSeconds: 14, faultSeconds: 30, afterSeconds: 25 },
    playerVersion: "0.1.0",
    switches: 2,
    refetchedBytes: 16_384,
    steeringRequests: 14,
    startedAt: "2026-11-28T23:00:00.000Z",
    timeline: {
      endSeconds: 69,
      fault: { fromSeconds: 14, toSeconds: 44 },
      stalls: [],
      buffer: [
        [1, 6],
        [2, 8],
      ],
      served: [
        {
          pathway: "A",
          stream: "video-540",
          number: 30,
          fromSeconds: 10,
          toSeconds: 10.1,
          whole: true,
          probe: false,
          bytes: 1_000_000,
        },
        {
          pathway: "A",
          stream: "video-540",
          number: 31,
          fromSeconds: 14,
          toSeconds: 14.1,
          whole: false,
          probe: false,
          bytes: 500_000,
        },
        {
          pathway: "B",
          stream: "video-540",
          number: 31,
          fromSeconds: 15,
          toSeconds: 15.1,
          whole: true,
          probe: false,
          bytes: 500_000,
        },
        {
          pathway: "B",
          stream: "audio",
          number: 31,
          fromSeconds: 15,
          toSeconds: 15.1,
          whole: true,
          probe: false,
          bytes: 14_000,
        },
      ],
    },
    ...over,
  };
}

/** A stock player that stands still and never asks B. */
export const FROZEN = exampleRun({
  player: "hls",
  stallSeconds: 25.5,
  backupSeconds: null,
  failbackSeconds: 0,
  timeline: {
    ...exampleRun().timeline,
    stalls: [{ fromSeconds: 22.25, toSeconds: 47.75 }],
  },
});
export const DEAD = exampleRun({
  player: "vhs",
  stallSeconds: 40,
  dead: true,
  failbackSeconds: null,
});
