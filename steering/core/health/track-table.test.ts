import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { SignalTrack } from "./signal-track.ts";
import { TrackTable } from "./track-table.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const smoothing = fc.option(fc.record({ samples: fc.nat(), level: number, trend: number }), {
  nil: undefined,
});
const noise = fc.record({ mean: number, samples: fc.nat() });
/** Made anew as plain objects: those of fast-check have no prototype. */
const track = fc
  .record<SignalTrack>({
    slot: fc.nat(),
    atMs: number,
    value: number,
    badness: number,
    surprise: fc.option(number, { nil: undefined }),
    forecast: fc.record({
      smoothing: fc.option(fc.record({ period: fc.nat(), elder: smoothing, younger: smoothing }), {
        nil: undefined,
      }),
      noise,
    }),
    habit: fc.record({ offset: number, samples: fc.nat(), apart: number, noise }),
    recent: fc.record({ bits: fc.nat(), seen: fc.nat() }),
    found: fc.option(
      fc.record({ worseThan: fc.constantFrom("limit", "forecast", "peers"), expected: number }),
      { nil: undefined },
    ),
  })
  .map((each) => structuredClone(each));
const someTrack = () => fc.sample(track, { numRuns: 1, seed: 1 })[0] ?? assert.fail("no track");

describe("TrackTable", () => {
  test("gives back what was written, whoever else is written", () =>
    fc.assert(
      fc.property(fc.array(track, { minLength: 1, maxLength: 200 }), (tracks) => {
        const table = new TrackTable();
        const rows = table.rowsFor(tracks.map((_, index) => `node-${index}`));
        for (const [index, each] of tracks.entries()) {
          table.write(rows[index] ?? 0, "egress", each);
        }
        for (const [index, each] of tracks.entries()) {
          assert.deepEqual(table.read(rows[index] ?? 0, "egress"), each);
          assert.equal(table.read(rows[index] ?? 0, "first-byte"), undefined);
        }
      }),
      { numRuns: 50 },
    ));

  test("a node keeps its row while it is there", () => {
    const table = new TrackTable();
    const [, b = 0] = table.rowsFor(["a", "b"]);
    table.write(b, "egress", someTrack());
    const [again = -1] = table.rowsFor(["b", "c"]);
    assert.deepEqual(table.read(again, "egress"), someTrack());
  });

  test("who leaves is forgotten, and its row is used again", () => {
    const table = new TrackTable();
    for (const row of table.rowsFor(["a", "b"])) table.write(row, "egress", someTrack());
    table.rowsFor(["b"]);
    const [b = -1, c = -1] = table.rowsFor(["b", "c"]);
    assert.deepEqual([b, c], [1, 0]);
    assert.equal(table.read(c, "egress"), undefined);
  });

  test("grows beyond what it began with", () => {
    const table = new TrackTable();
    const [first = -1] = table.rowsFor(["first"]);
    table.write(first, "egress", someTrack());
    const ids = ["first", ...Array.from({ length: 1_000 }, (_, index) => `node-${index}`)];
    const rows = table.rowsFor(ids);
    assert.equal(new Set(rows).size, ids.length);
    table.write(rows.at(-1) ?? -1, "egress", someTrack());
    assert.deepEqual(table.read(rows.at(-1) ?? -1, "egress"), someTrack());
    assert.deepEqual(table.read(first, "egress"), someTrack());
  });
});
