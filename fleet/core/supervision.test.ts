import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NEVER_STARTED, type Supervised, type SupervisionEvent, supervise } from "./supervision.ts";

const POLICY = {
  startLimitMs: 1_000,
  stopLimitMs: 2_000,
  steadyAfterMs: 5_000,
  maxFailuresInRow: 3,
  backoff: { firstMs: 100, longestMs: 400 },
};

const EVENTS: Readonly<Record<string, SupervisionEvent>> = {
  start: { kind: "act", act: "start" },
  stop: { kind: "act", act: "stop" },
  kill: { kind: "act", act: "kill" },
  restart: { kind: "act", act: "restart" },
  listening: { kind: "listening" },
  dies: { kind: "exited", exit: "code 1" },
};

/**
 * Plays a story from the first start on, at 1 ms: words of EVENTS, and `+N` for a tick N ms later.
 * Returns what came of each word: `state`, `state!COMMAND` or `refused:reason`.
 */
function play(story: string): { readonly seen: string; readonly end: Supervised } {
  let process = NEVER_STARTED;
  let nowMs = 1;
  const seen = `start ${story}`
    .trim()
    .split(/\s+/)
    .map((word) => {
      if (word.startsWith("+")) nowMs += Number(word);
      const event = EVENTS[word] ?? { kind: "tick" };
      const step = supervise(process, event, { policy: POLICY, nowMs, random: () => 1 });
      if (step.kind === "refuse") return `refused:${step.reason}`;
      process = step.process;
      return process.phase.state + (step.command === undefined ? "" : `!${step.command}`);
    });
  return { seen: seen.slice(1).join(" "), end: process };
}

const STORIES: readonly (readonly [string, string, string])[] = [
  ["runs once it listens", "listening", "running"],
  ["is not started twice", "listening start", "running refused:is-up"],
  [
    "starts again by itself, after a pause",
    "listening dies +99 +1",
    "running backing-off backing-off starting!spawn",
  ],
  [
    "waits longer after each death",
    "dies +100 dies +199 +1 dies +399 +1",
    "backing-off starting!spawn backing-off backing-off starting!spawn backing-off backing-off starting!spawn",
  ],
  [
    "is given up when it keeps dying",
    "dies +100 dies +200 dies +400 dies +9999",
    "backing-off starting!spawn backing-off starting!spawn backing-off starting!spawn stopped stopped",
  ],
  [
    "may be started by hand after it was given up",
    "dies +100 dies +200 dies +400 dies start dies",
    "backing-off starting!spawn backing-off starting!spawn backing-off starting!spawn stopped starting!spawn backing-off",
  ],
  [
    "forgets its deaths after running steadily",
    "dies +100 dies +200 dies +400 listening +5000 dies",
    "backing-off starting!spawn backing-off starting!spawn backing-off starting!spawn running running backing-off",
  ],
  [
    "does not forget them just before",
    "dies +100 dies +200 dies +400 listening +4999 dies",
    "backing-off starting!spawn backing-off starting!spawn backing-off starting!spawn running running stopped",
  ],
  [
    "stays down after a kill",
    "listening kill dies +99999",
    "running stopping!SIGKILL stopped stopped",
  ],
  [
    "comes back from a kill when started",
    "listening kill dies start listening",
    "running stopping!SIGKILL stopped starting!spawn running",
  ],
  ["is not killed twice", "kill dies kill", "stopping!SIGKILL stopped refused:is-down"],
  [
    "is asked to stop, and killed when it does not",
    "listening stop +1999 +1 dies",
    "running stopping!SIGTERM stopping stopping!SIGKILL stopped",
  ],
  [
    "is killed again should even that be late",
    "listening stop +2000 +1999 +1",
    "running stopping!SIGTERM stopping!SIGKILL stopping stopping!SIGKILL",
  ],
  [
    "keeps its deadline however often it is asked to stop",
    "listening stop +1500 stop +500",
    "running stopping!SIGTERM stopping stopping stopping!SIGKILL",
  ],
  [
    "cannot be stopped when it is down",
    "stop dies stop",
    "stopping!SIGTERM stopped refused:is-down",
  ],
  [
    "is restarted: stopped, then started",
    "listening restart dies listening",
    "running stopping!SIGTERM starting!spawn running",
  ],
  [
    "a stop during a restart wins",
    "listening restart stop dies",
    "running stopping!SIGTERM stopping stopped",
  ],
  [
    "a start during a stop wins",
    "listening stop start dies",
    "running stopping!SIGTERM stopping starting!spawn",
  ],
  [
    "a kill during a stop is at once",
    "listening stop kill dies",
    "running stopping!SIGTERM stopping!SIGKILL stopped",
  ],
  ["restart starts what is down", "kill dies restart", "stopping!SIGKILL stopped starting!spawn"],
  ["a stop ends the pause for good", "dies stop +99999", "backing-off stopped stopped"],
  ["a kill ends the pause for good", "dies kill +99999", "backing-off stopped stopped"],
  ["a start ends the pause at once", "dies start", "backing-off starting!spawn"],
  [
    "is killed when it does not listen in time, and tried again",
    "+999 +1 dies +100",
    "starting starting!SIGKILL backing-off starting!spawn",
  ],
  [
    "a word from one that is stopping changes nothing",
    "stop listening dies",
    "stopping!SIGTERM stopping stopped",
  ],
  [
    "an exit that was told twice counts once",
    "dies dies kill dies",
    "backing-off backing-off stopped stopped",
  ],
];

describe("a supervised process", () => {
  for (const [rule, story, expected] of STORIES) {
    test(`${rule} (${story})`, () => assert.equal(play(story).seen, expected));
  }

  test("counts the starts that nobody asked for", () =>
    assert.equal(play("dies +100 dies +200 kill dies start").end.restarts, 2));
  test("remembers how it last ended", () => {
    assert.equal(play("").end.lastExit, null);
    assert.equal(play("dies").end.lastExit, "code 1");
  });
});
