import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Peers } from "./compare-peers.ts";
import { WATCH_POLICY } from "./health.rig.ts";
import type { SignalName } from "./health-signals.ts";
import { forgive, judgeTrack, type SignalTrack, takeSample } from "./signal-track.ts";

/** What is found after each value, one a slot. */
function findings(
  name: SignalName,
  values: readonly number[],
  peers: { usual?: Peers; surprised?: Peers } = {},
): (string | undefined)[] {
  let track: SignalTrack | undefined;
  return values.map((value, slot) => {
    const taken = takeSample(name, track, { slot, sample: { value, atMs: slot } }, WATCH_POLICY);
    const { usual, surprised } = peers;
    track = judgeTrack(name, taken, { usual, surprised }, WATCH_POLICY);
    return track.found?.worseThan;
  });
}
const repeated = (count: number, value: number) => Array<number>(count).fill(value);
const lastOf = (...input: Parameters<typeof findings>) => findings(...input).at(-1);

describe("judgeTrack()", () => {
  for (const [name, well, ill] of [
    ["first-byte", 40, 120],
    ["probe-throughput", 50e6, 10e6],
    ["event-loop-delay", 5, 60],
    ["egress", 0.6, 0.1],
    ["players-errors", 0, 0.2],
    ["players-throughput", 20e6, 4e6],
  ] as const) {
    test(`${name}: ${ill} where ${well} was foretold`, () => {
      assert.equal(lastOf(name, [...repeated(30, well), ...repeated(2, ill)]), undefined);
      assert.equal(lastOf(name, [...repeated(30, well), ...repeated(3, ill)]), "forecast");
      assert.equal(lastOf(name, [...repeated(30, ill), ...repeated(3, well)]), undefined);
    });
  }
  test("a step that nobody feels is nothing", () =>
    assert.equal(lastOf("first-byte", [...repeated(30, 1), ...repeated(9, 20)]), undefined));
  test("nor is one that surprises the peers as much", () => {
    const surprised = { median: Math.log(3), spread: 0 };
    const values = [...repeated(30, 40), ...repeated(9, 120)];
    assert.equal(lastOf("first-byte", values, { surprised }), undefined);
  });
  test("peers that are better than foretold are no reproach", () => {
    const surprised = { median: -3, spread: 0 };
    assert.equal(lastOf("first-byte", repeated(40, 40), { surprised }), undefined);
  });
  test("whom steering sends fewer viewers than its peers is not blamed for it", () => {
    const usual = { median: 0, spread: 0.1 };
    const creeping = Array.from({ length: 300 }, (_, slot) => 0.9 - slot / 400);
    const sagging = creeping.map((share) => share * 20e6);
    assert.equal(lastOf("players-throughput", sagging, { usual }), "peers");
    assert.equal(lastOf("egress", creeping, { usual }), undefined);
  });
  test("an end comes when hardly any of the last samples was bad", () => {
    const values = [...repeated(30, 40), ...repeated(5, 120), ...repeated(4, 40)];
    assert.deepEqual(findings("first-byte", values).slice(-4), [
      "forecast",
      "forecast",
      undefined,
      undefined,
    ]);
  });
});

test("forgive() forgets what was found, not what was learned", () => {
  const taken = takeSample(
    "egress",
    undefined,
    { slot: 1, sample: { value: 1, atMs: 1 } },
    WATCH_POLICY,
  );
  const track = judgeTrack(
    "egress",
    taken,
    { usual: undefined, surprised: undefined },
    WATCH_POLICY,
  );
  const forgiven = forgive({ ...track, found: { worseThan: "limit", expected: 1 } });
  assert.deepEqual([forgiven.found, forgiven.recent.seen], [undefined, 0]);
  assert.deepEqual(forgiven.forecast, track.forecast);
});
