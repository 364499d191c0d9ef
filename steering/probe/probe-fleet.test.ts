import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProbeOutcome } from "../core/health/judge-probe.ts";
import type { ProbeTarget } from "../core/probe/probe-schedule.ts";
import { openFleetProber } from "./probe-fleet.ts";
import type { NodeQuestion, ReferenceReading } from "./probe-node.ts";

const GOOD: ProbeOutcome = {
  ok: true,
  reason: "right-bytes",
  firstByteMs: 1,
  throughputBitsPerSecond: undefined,
};

const PRESENT: ReferenceReading = {
  kind: "present",
  reference: { etag: '"right"', sha256Base64: "sum" },
};

/** Nodes whose probes end when the test says so. */
function openFleet(count: number) {
  const targets: ProbeTarget[] = Array.from({ length: count }, (_, index) => ({
    id: `n-${index}`,
    url: `http://n-${index}`,
    incarnation: "1",
    probePath: undefined,
    asPage: false,
  }));
  const rig = {
    nowMs: 1,
    version: 1,
    urgent: [] as string[],
    livePath: undefined as string | undefined,
    reading: PRESENT as ReferenceReading,
  };
  const asked: { question: NodeQuestion; end: (outcome: ProbeOutcome) => void }[] = [];
  const observed: string[] = [];
  const timed: string[] = [];
  const probeDue = openFleetProber({
    fleet: {
      membershipVersion: () => rig.version,
      probeTargets: () => targets,
      urgentIds: () => rig.urgent,
      observeProbe: ({ id, incarnation }, { outcome, isAbsentAtSource }) =>
        observed.push(
          `${id}/${incarnation} ${outcome.reason}${isAbsentAtSource ? " absent at the source" : ""}`,
        ),
    },
    prober: {
      probe: (question) =>
        new Promise((end) => {
          const url = `${question.url}${question.path}`;
          asked.push({ question, end: (outcome) => end({ outcome, url, allowsPages: undefined }) });
        }),
      fetchReference: async () => rig.reading,
      close: async () => {},
    },
    witnesses: {
      next: () => rig.livePath,
      isGiven: () => true,
      judge: (path, { by }) => ({ ok: false, reason: `${by} ${path}` as "stale-playlist" }),
    },
    probePath: "/probe",
    referenceUrl: "http://origin",
    pageOrigin: () => "http://page",
    policy: { everyMs: 1_000, urgentEveryMs: 250, maxInFlight: 16, maxPerSecond: 100 },
    now: () => rig.nowMs,
    random: () => 0.5,
    onProbe: (id, { reason }, durationMs) => timed.push(`${id} ${reason} ${durationMs}`),
  });
  return {
    rig,
    targets,
    asked,
    observed,
    timed,
    tick(ms: number): Promise<void> {
      rig.nowMs += ms;
      return probeDue(rig.nowMs);
    },
    endAll(outcome: ProbeOutcome = GOOD): void {
      for (const { end } of asked.splice(0)) end(outcome);
    },
  };
}

describe("the fleet's probes", () => {
  test("begin together for all that are due, and tell the fleet what came", async () => {
    const { asked, observed, tick, endAll } = openFleet(2);
    const ended = tick(0);
    assert.deepEqual(
      asked.map(({ question }) => question.url + question.path),
      ["http://n-0/probe", "http://n-1/probe"],
    );
    endAll();
    await ended;
    assert.deepEqual(observed, ["n-0/1 right-bytes", "n-1/1 right-bytes"]);
  });
  test("compare with what the origin sends, once that is known", async () => {
    const { asked, tick, endAll } = openFleet(1);
    const first = tick(0);
    endAll();
    await first;
    void tick(1_000);
    assert.equal(asked[0]?.question.reference?.etag, '"right"');
    endAll();
  });
  test("ask a real CDN for its own object, which the origin need not have", async () => {
    const { rig, targets, asked, tick, endAll } = openFleet(1);
    const first = tick(0);
    endAll();
    await first;
    targets[0] = { ...(targets[0] as ProbeTarget), probePath: "/own.bin", incarnation: "2" };
    rig.version += 1;
    void tick(1_000);
    const question = asked[0]?.question;
    assert.deepEqual([question?.path, question?.reference], ["/own.bin", undefined]);
    endAll();
  });
  test("tell what the source does not have either, of whoever is asked for the same", async () => {
    const { rig, targets, observed, tick, endAll } = openFleet(2);
    targets[1] = { ...(targets[1] as ProbeTarget), probePath: "/own.bin" };
    rig.reading = { kind: "absent" };
    const absent: ProbeOutcome = { ok: false, reason: "status-404", isFact: false };
    for (const ms of [0, 1_100]) {
      const ended = tick(ms);
      endAll(absent);
      await ended;
    }
    assert.deepEqual(observed.slice(2), [
      "n-0/1 status-404 absent at the source",
      "n-1/1 status-404",
    ]);
  });
  test("look at a live list, too, where one is played", () => {
    const { rig, asked, tick, endAll } = openFleet(1);
    rig.livePath = "/live/index.m3u8";
    void tick(0);
    const live = asked[0]?.question.live;
    assert.equal(live?.path, "/live/index.m3u8");
    assert.equal(live?.judge("#EXTM3U")?.reason, "n-0 /live/index.m3u8");
    endAll();
  });
  test("come more often for whoever is looked at closely", async () => {
    const { rig, asked, tick, endAll } = openFleet(2);
    const first = tick(0);
    endAll();
    await first;
    rig.urgent = ["n-1"];
    void tick(250);
    assert.deepEqual(
      asked.map(({ question }) => question.url),
      ["http://n-1"],
    );
    endAll();
  });
  test("ask as a page where the node is a CDN, and as nobody's page else", () => {
    const { targets, asked, tick, endAll } = openFleet(2);
    targets[1] = { ...(targets[1] as ProbeTarget), asPage: true };
    void tick(0);
    assert.deepEqual(
      asked.map(({ question }) => question.pageOrigin),
      [undefined, "http://page"],
    );
    endAll();
  });
  test("are timed", async () => {
    const { rig, timed, tick, endAll } = openFleet(1);
    const ended = tick(0);
    rig.nowMs += 40;
    endAll({ ok: false, reason: "timeout", isFact: false });
    await ended;
    assert.deepEqual(timed, ["n-0 timeout 40"]);
  });
  test("are not made of one that has gone", () => {
    const { rig, targets, asked, tick } = openFleet(1);
    targets.pop();
    rig.version += 1;
    void tick(0);
    assert.equal(asked.length, 0);
  });
});
