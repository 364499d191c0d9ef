/** Whoever reads a fill, in whatever order things happen: every byte is right, and nobody waits for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";
import { policiesOf } from "../config.ts";
import { describeAnswer } from "../core/stored-metadata.ts";
import type { Upstream, UpstreamReceiver } from "../upstream/upstream.ts";
import { Fill } from "./fill.ts";
import { FillBroken } from "./fill-failure.ts";
import { HeldBytes } from "./held-bytes.ts";
import { Turns } from "./turns.ts";

const RAM_BYTES = 100_000;
const LIFETIMES = policiesOf("demo").fills;

test("every reader ends with the right bytes or a failure, two hundred times over", async () => {
  for (let run = 0; run < 200; run += 1) await play(`run ${run}`);
});

async function play(seed: string): Promise<void> {
  const random = seededRandom(seed);
  const body = Buffer.from(Array.from({ length: below(random, 60_000) + 1 }, (_, at) => at % 251));
  const heldBytes = new HeldBytes(RAM_BYTES);
  const isSizeKnown = random() < 0.5;
  const isKept = random() < 0.7;
  const breaksAt = random() < 0.2 ? below(random, body.length) : Number.POSITIVE_INFINITY;
  const upstream = new ScriptedUpstream();
  const fill = new Fill({
    key: "/a",
    target: "/a",
    request: { method: "GET", fields: {} },
    isBackground: random() < 0.2,
    patience: { kind: "long", reason: "nothing-stored" },
    limits: {
      windowBytes: 1_000 + below(random, 5_000),
      maxObjectBytes: random() < 0.5 ? 20_000 : 1_000_000,
      maxFillMs: 1_000,
      slowestBytesPerSecond: 1,
      abandoning: { inFlightBytes: 100, popularReaders: 3 },
    },
    heldBytes,
    crowd: {
      fewReaders: below(random, 3),
      turns: new Turns(1 + below(random, 3)),
      firstPieceBytes: 100,
      pieceBytes: 3_000,
    },
    startedAtMs: 1,
    wallNow: () => 1,
    judge: (answer) => ({
      plan: isKept ? { action: "store", reason: "storable" } : { action: "pass", reason: "status" },
      metadata: describeAnswer("/a", answer, 0, LIFETIMES),
    }),
    onWindow: () => {},
    onOver: () => {},
  });
  const readers = Array.from({ length: 1 + below(random, 4) }, () => read(fill, body, random));
  fill.begin(upstream);
  await turns(below(random, 3));
  fill.onHead(200, isSizeKnown ? { "content-length": String(body.length) } : {});

  for (let at = 0; at < body.length && !fill.isOver; ) {
    if (at >= breaksAt) fill.onFailure({ source: "origin", kind: "broken", reason: "test" });
    await upstream.mayGoOn(seed);
    if (fill.isOver) break;
    if (random() < 0.2 && fill.isJoinable) readers.push(read(fill, body, random));
    const piece = body.subarray(at, at + 1 + below(random, 4_000));
    fill.onBytes(piece);
    at += piece.length;
    await turns(below(random, 3));
  }
  if (!fill.isOver) fill.onEnd();
  const ends = await Promise.all(readers);
  assert.ok(fill.isOver, seed);
  assert.ok(fill.arrival.state === "failed" || !ends.includes("broken"), seed);
  assert.ok(heldBytes.reserve(RAM_BYTES), `${seed}: all of the share is given back`);
}

/** Reads a part at its own pace, and may leave before its end. */
async function read(fill: Fill, body: Buffer, random: Random): Promise<"read" | "left" | "broken"> {
  const reader = fill.openReader();
  const first = random() < 0.5 ? 0 : below(random, body.length);
  const end = Math.min(body.length, first + 1 + below(random, body.length));
  const leavesAt = random() < 0.3 ? first + below(random, end - first) : Number.POSITIVE_INFINITY;
  try {
    await reader.head();
    reader.cursor = first;
    let at = first;
    for (;;) {
      await turns(below(random, 4));
      const piece = await reader.next(end);
      if (piece === undefined) break;
      assert.ok(piece.equals(body.subarray(at, at + piece.length)));
      at += piece.length;
      if (at >= leavesAt) return "left";
    }
    assert.equal(at, end);
    return "read";
  } catch (error) {
    if (!(error instanceof FillBroken)) throw error;
    return "broken";
  } finally {
    reader.leave();
  }
}

/** An origin that does as it is told, and notices when it is held for good. */
class ScriptedUpstream implements Upstream {
  readonly url = "http://origin.test/";
  #isHeld = false;

  call(_: unknown, __: UpstreamReceiver) {
    return {
      hold: () => {
        this.#isHeld = true;
      },
      goOn: () => {
        this.#isHeld = false;
      },
      abort: () => {
        this.#isHeld = false;
      },
    };
  }

  async mayGoOn(seed: string): Promise<void> {
    for (let turn = 0; this.#isHeld; turn += 1) {
      assert.ok(turn < 1_000, `${seed}: held for ever`);
      await turns(1);
    }
  }

  async close(): Promise<void> {}
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
