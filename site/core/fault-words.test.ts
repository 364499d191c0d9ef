import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULT_NAMES, type RunningFault } from "../../chaos/contract/faults.ts";
import {
  DEFAULT_FAULT_SECONDS,
  FAULT_SECONDS_CHOICES,
  FAULT_WORDS,
  faultInSentence,
  runningFaultWords,
} from "./fault-words.ts";
import { unbroken } from "./unbroken.rig.ts";

const running = (
  fault: RunningFault["fault"],
  parameters: RunningFault["parameters"] = {},
): RunningFault => ({
  target: "east-1",
  fault,
  parameters,
  startedAt: "2026-11-24T01:00:00.000Z",
  endsAt: "2026-11-24T01:00:20.000Z",
  secondsLeft: 12,
  touchedRequests: 3,
});

test("every fault has a name and an explanation of its own", () => {
  const words = FAULT_NAMES.map((fault) => FAULT_WORDS[fault]);
  assert.equal(new Set(words.map(({ name }) => name)).size, FAULT_NAMES.length);
  assert.equal(new Set(words.map(({ explanation }) => explanation)).size, FAULT_NAMES.length);
});
test("a name in a sentence begins small", () => {
  assert.equal(faultInSentence("blackhole"), "black hole");
  assert.equal(faultInSentence("status-503"), "503 errors");
});
test("what is chosen unless one chooses can be chosen", () =>
  assert.ok(FAULT_SECONDS_CHOICES.includes(DEFAULT_FAULT_SECONDS)));

describe("runningFaultWords()", () => {
  for (const [rule, fault, expected] of [
    [
      "a fault on everything says what it does",
      running("blackhole", { share: 1, paths: ["*"] }),
      "Accepts connections, never answers",
    ],
    [
      "a trickle says how thin it is",
      running("trickle", { bytesPerSecond: 8_192 }),
      unbroken("Sends every byte at 8 KB/s"),
    ],
    [
      "a trickle without a figure says what it does",
      running("trickle"),
      "Sends every byte, far too slowly",
    ],
    [
      "a brownout says how slow it is",
      running("brownout", { bytesPerSecond: 25_600 }),
      unbroken("Sends every body at 25 KB/s"),
    ],
    [
      "what has no share and no paths says what it does",
      running("flap", { downSeconds: 2, upSeconds: 2 }),
      "Goes and comes back, every few seconds",
    ],
    [
      "a share of the requests is told",
      running("truncate", { share: 0.3 }),
      unbroken("Sends half of an answer, then hangs up, to 30 % of requests"),
    ],
    [
      "so are the paths",
      running("blackhole", { paths: ["/vod/*", "*.m3u8"] }),
      "Accepts connections, never answers, for /vod/* and *.m3u8 only",
    ],
  ] as const) {
    test(rule, () => assert.equal(runningFaultWords(fault), expected));
  }
});
