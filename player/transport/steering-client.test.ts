/** What a steering server may answer, and what the client makes of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SteeringClient } from "./steering-client.ts";
import { settled } from "./wire.rig.ts";

const SERVER = "http://steering/steer";
const WALL_MS = Date.parse("2026-11-28T12:00:00Z");
const GOOD = { VERSION: 1, TTL: 10, "PATHWAY-PRIORITY": ["b", "a"] };

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>;

class Steering {
  nowMs = 1;
  readonly askedMs: number[] = [];
  readonly urls: string[] = [];
  readonly client: SteeringClient;

  constructor(answer: Answer, throughput?: number) {
    this.client = new SteeringClient({
      serverUri: SERVER,
      order: ["a", "b"],
      fetch: async (url, init = {}) => {
        this.askedMs.push(this.nowMs);
        this.urls.push(String(url));
        return await answer(String(url), init);
      },
      now: () => this.nowMs,
      wallNow: () => WALL_MS + this.nowMs,
      random: () => 0,
      current: () => "a",
      throughputBitsPerSecond: () => throughput,
      onCourse: () => undefined,
    });
  }

  async pass(seconds: number, stepMs = 500): Promise<this> {
    for (const endMs = this.nowMs + seconds * 1_000; this.nowMs < endMs; this.nowMs += stepMs) {
      this.client.tick(this.nowMs);
      await settled();
    }
    return this;
  }

  async passUntilAskedAgain(mostSeconds: number): Promise<this> {
    const endMs = this.nowMs + mostSeconds * 1_000;
    while (this.nowMs < endMs && this.askedMs.length < 2) await this.pass(1, 1_000);
    return this;
  }

  /** Seconds between the first question and the second; undefined while there is none. */
  get pauseSeconds(): number | undefined {
    const [first = 0, second] = this.askedMs;
    return second === undefined ? undefined : Math.round((second - first) / 1_000);
  }
}

const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);
const raw = (ttl: string) => new Response(`{"VERSION":1,"TTL":${ttl},"PATHWAY-PRIORITY":["b"]}`);

describe("a steering client", () => {
  for (const [what, answer, state, pauseSeconds] of [
    ["a good manifest", () => json(GOOD), "following", 10],
    ["TTL 0", () => raw("0"), "following", 1],
    ["TTL below 0", () => raw("-7"), "following", 1],
    ["TTL that is no number", () => raw('"soon"'), "following", 300],
    ["TTL null", () => raw("null"), "following", 300],
    ["TTL without end", () => raw("1e999"), "following", 3_600],
    ["one entry", () => raw("10"), "following", 10],
    ["VERSION 2", () => json({ ...GOOD, VERSION: 2 }), "unreachable", 5],
    ["no VERSION", () => json({ ...GOOD, VERSION: undefined }), "unreachable", 5],
    ["garbage", () => new Response("<html>"), "unreachable", 5],
    ["nothing", () => new Response(""), "unreachable", 5],
    ["503", () => new Response("no", { status: 503 }), "unreachable", 5],
    ["429 with seconds", () => tooMany("30"), "unreachable", 30],
    ["429 with a date", () => tooMany("Sat, 28 Nov 2026 12:00:40 GMT"), "unreachable", 40],
    [
      "429 with a date that has passed",
      () => tooMany("Sat, 28 Nov 2026 11:00:00 GMT"),
      "unreachable",
      1,
    ],
    ["429 with nonsense", () => tooMany("later"), "unreachable", 300],
    ["429 with nothing", () => new Response(null, { status: 429 }), "unreachable", 300],
    ["410", () => new Response("gone", { status: 410 }), "ended", undefined],
    ["no connection", () => Promise.reject(new TypeError("refused")), "unreachable", 5],
    ["silence", hanging, "unreachable", 10],
    ["a body that hangs", () => new Response(new ReadableStream()), "unreachable", 10],
    ["one that fails with the request", failing, "unreachable", 10],
  ] as const) {
    test(`${what}: ${state}, next after ${pauseSeconds ?? "no"} s`, async () => {
      const steering = await new Steering(answer).passUntilAskedAgain(4_000);
      assert.equal(steering.client.course.state, state);
      assert.equal(steering.pauseSeconds, pauseSeconds);
      assert.deepEqual(steering.client.course.order.toSorted(), ["a", "b"]);
    });
  }

  test("does not read on where a body is larger than a manifest can be", async () => {
    let sentBytes = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            sentBytes += 65_536;
            controller.enqueue(new Uint8Array(65_536).fill(32));
          },
        }),
      );
    const steering = await new Steering(endless).pass(4);
    assert.equal(steering.client.course.state, "unreachable");
    assert.ok(sentBytes <= 1024 * 1024, `${sentBytes}`);
  });
  test("resolves RELOAD-URI against where a redirect led", async () => {
    const moved = () => {
      const response = json({ ...GOOD, "RELOAD-URI": "again?x=1" });
      return Object.defineProperty(response, "url", { value: "http://elsewhere/deep/steer" });
    };
    const steering = await new Steering(moved).pass(1);
    assert.equal(steering.client.course.reloadUri, "http://elsewhere/deep/again?x=1");
  });
  test("says how quick it is, and nothing where that is no number", async () => {
    const { urls } = await new Steering(() => json(GOOD), -1_294_967_296).pass(1);
    assert.deepEqual(urls, [`${SERVER}?_HLS_pathway=a`]);
  });
  test("asks nothing more once it is closed", async () => {
    const steering = await new Steering(() => raw("1")).pass(3);
    steering.client.close();
    const { length } = steering.askedMs;
    await steering.pass(10);
    assert.equal(steering.askedMs.length, length);
  });

  test("whatever JSON comes, as whatever status: no throw, no haste, no empty order", async () => {
    const key = fc.constantFrom(
      "VERSION",
      "TTL",
      "PATHWAY-PRIORITY",
      "PATHWAY-CLONES",
      "RELOAD-URI",
    );
    const clone = fc.record({
      "BASE-ID": fc.oneof(fc.constantFrom("a", "x"), fc.jsonValue()),
      ID: fc.oneof(fc.constantFrom("a", "c", "d"), fc.jsonValue()),
      "URI-REPLACEMENT": fc.oneof(fc.record({ HOST: fc.string() }), fc.jsonValue()),
    });
    const value = fc.oneof(fc.jsonValue(), fc.constant(1), fc.array(clone));
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(key, value));
    const answers = fc.array(fc.tuple(body, fc.constantFrom(200, 200, 404, 429, 500)), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(answers, async (all) => {
        let turn = 0;
        const steering = new Steering(() => {
          const [sent, status] = all[turn % all.length] ?? [null, 200];
          turn += 1;
          return json(sent, { status });
        });
        for (let second = 0; second < 20; second += 1) {
          await steering.pass(0.5, 250);
          assert.ok(steering.client.course.order.length >= 2);
        }
        for (const [index, atMs] of steering.askedMs.entries()) {
          assert.ok(index === 0 || atMs - (steering.askedMs[index - 1] ?? 0) >= 1_000);
        }
      }),
      { numRuns: 30 },
    );
  });
});

function tooMany(retryAfter: string): Response {
  return new Response(null, { status: 429, headers: { "retry-after": retryAfter } });
}

/** As the body of a real answer does. */
function failing(_: string, { signal }: RequestInit): Response {
  const body = new ReadableStream({
    start: (controller) => signal?.addEventListener("abort", () => controller.error(signal.reason)),
  });
  return new Response(body);
}

function hanging(_: string, { signal }: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });
}
