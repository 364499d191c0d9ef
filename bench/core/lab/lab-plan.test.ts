import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LabWishes, mergeRuns, planLab, secondsOf } from "./lab-plan.ts";
import { exampleRun } from "./lab-run.rig.ts";

const WISHES: LabWishes = {
  players: ["understudy", "hls", "shaka"],
  faults: ["blackhole"],
  modes: ["live"],
  links: ["open"],
  steerings: ["up"],
  runs: 1,
  parallel: 2,
  course: { faultAtSeconds: 14, faultSeconds: 30, afterSeconds: 25 },
};

/** `blackhole live: understudy, blackhole live: hls` for each batch. */
function planned(over: Partial<LabWishes>, done: Parameters<typeof planLab>[1] = []) {
  const plan = planLab({ ...WISHES, ...over }, done);
  assert.ok(plan.ok, plan.ok ? "" : plan.flaw);
  return plan.batches.map((batch) =>
    batch
      .map(
        ({ fault, mode, run, player }) =>
          `${fault.name} ${mode}${run > 1 ? ` ${run}` : ""}: ${player.name}`,
      )
      .join(", "),
  );
}

describe("planLab()", () => {
  test("the control first, and no more at a time than the machine bears", () =>
    assert.deepEqual(planned({}), [
      "none live: understudy, none live: hls",
      "none live: shaka, blackhole live: understudy",
      "blackhole live: hls, blackhole live: shaka",
    ]));
  test("what is there already is not run again", () =>
    assert.deepEqual(
      planned({ parallel: 1 }, [exampleRun(), exampleRun({ fault: "none", player: "hls" })]),
      ["none live: understudy", "none live: shaka", "blackhole live: hls", "blackhole live: shaka"],
    ));
  for (const [what, over] of [
    ["another course", { course: { faultAtSeconds: 8, faultSeconds: 30, afterSeconds: 25 } }],
    ["another link", { link: "20mbit" }],
    ["another repetition", { run: 2 }],
  ] as const) {
    test(`${what} is another run`, () => {
      const done = exampleRun({ fault: "none", ...over });
      assert.equal(planned({ parallel: 1 }, [done])[0], "none live: understudy");
    });
  }
  test("every set of terms, and each repetition", () => {
    const wishes = {
      players: ["understudy"],
      modes: ["live", "vod"],
      runs: 2,
      parallel: 1,
    } as const;
    assert.deepEqual(planned(wishes), [
      "none live: understudy",
      "none live 2: understudy",
      "blackhole live: understudy",
      "blackhole live 2: understudy",
      "none vod: understudy",
      "none vod 2: understudy",
      "blackhole vod: understudy",
      "blackhole vod 2: understudy",
    ]);
  });
  test("a fault of steering is run once, whether steering answers otherwise or not", () =>
    assert.deepEqual(
      planned({
        players: ["hls"],
        faults: ["steering-429"],
        steerings: ["up", "down"],
        parallel: 1,
      }),
      ["none live: hls", "steering-429 live: hls", "none live: hls"],
    ));
  test("a group stands for its faults", () => {
    const names = planned({ players: ["hls"], faults: ["startup"], parallel: 1 }).map(
      (each) => each.split(" ")[0],
    );
    assert.ok(names.includes("blackhole@start") && !names.includes("blackhole"), names.join());
  });
  test("who cannot play it, and what means nothing there, is left out and named", () => {
    const plan = planLab({ ...WISHES, players: ["dash"], faults: ["stale-playlist"] }, []);
    assert.ok(plan.ok);
    assert.deepEqual(
      [plan.batches, plan.notes],
      [[], ["dash plays on demand only: it is left out."]],
    );
    const onDemand = planLab(
      { ...WISHES, players: ["dash"], modes: ["vod"], faults: ["stale-playlist"] },
      [],
    );
    assert.ok(onDemand.ok);
    assert.deepEqual(onDemand.notes, [
      "stale-playlist means something in live only: it is left out.",
    ]);
  });
  for (const [over, flaw] of [
    [{ players: ["flash"] }, /^No player is called flash\. There are: understudy, hls, .*dash\.$/],
    [{ faults: ["flood"] }, /^No fault is called flood\. There are: all, midplay, startup, none, /],
  ] as const) {
    test(`refuses ${JSON.stringify(over)}`, () => {
      const plan = planLab({ ...WISHES, ...over }, []);
      assert.match(plan.ok ? "" : plan.flaw, flaw);
    });
  }
});

test("secondsOf() counts the longest of every batch, with what it costs to begin", () => {
  const plan = planLab({ ...WISHES, faults: ["blackhole@start"] }, []);
  assert.ok(plan.ok);
  // Whoever is second in a batch begins a second later.
  assert.equal(secondsOf(plan.batches, WISHES.course), 4 + 70 + (4 + 69) + (4 + 56));
});

test("mergeRuns() keeps one run of each, the later one", () => {
  const again = exampleRun({ stallSeconds: 1 });
  assert.deepEqual(mergeRuns([exampleRun(), exampleRun({ run: 2 })], [again]), [
    again,
    exampleRun({ run: 2 }),
  ]);
});
