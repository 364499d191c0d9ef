/** Whatever the servers do, whoever asked gets one head and the right bytes, or is told of a failure. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseContentRange } from "../../kernel/byte-range.ts";
import { policiesOf } from "../config.ts";
import {
  BODY_BYTES,
  bodyOfVersion,
  CheckingReceiver,
  HONEST,
  type Lie,
  ScriptedServer,
  type Step,
} from "./scripted-server.rig.ts";
import type { UpstreamCall, UpstreamRequest, Upstreams } from "./upstream.ts";
import { openUpstreams, type UpstreamPolicy } from "./upstreams.ts";

const POLICY = policiesOf("production").upstream;
const GET: UpstreamRequest = { method: "GET", target: "/a", fields: { accept: "*/*" } };

/** Servers, and one call to them. */
class Stage {
  readonly servers: readonly ScriptedServer[];
  readonly receiver = new CheckingReceiver();
  readonly upstreams: Upstreams;
  readonly call: UpstreamCall;
  nowMs = 1;

  constructor(
    scripts: readonly (readonly Step[])[],
    request = GET,
    policy: UpstreamPolicy = POLICY,
  ) {
    const byUrl = new Map<string, ScriptedServer>();
    for (const [at, steps] of scripts.entries()) {
      const url = `http://origin-${at}.test/`;
      byUrl.set(url, new ScriptedServer(url, steps));
    }
    this.servers = [...byUrl.values()];
    this.upstreams = openUpstreams({
      origins: [...byUrl.keys()].map((url) => new URL(url)),
      policy,
      now: () => this.nowMs,
      random: () => 1,
      open: ({ url }) => byUrl.get(url.href) ?? assert.fail(),
    });
    this.call = this.upstreams.call(request, this.receiver);
  }

  deliver(): boolean {
    return this.servers.some((server) => server.deliver());
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.upstreams.tick(this.nowMs);
  }

  /** Lets everything happen and all the time go by that it takes. */
  finish(): this {
    for (let turn = 0; this.receiver.end === undefined; turn += 1) {
      assert.ok(turn < 1_000, "it waits for ever");
      if (!this.deliver()) this.pass(100);
    }
    while (this.deliver());
    return this;
  }

  get asked(): string {
    return this.servers.map(({ asked }) => asked.length).join(" ");
  }
}

const play = (scripts: readonly (readonly Step[])[], request = GET) =>
  new Stage(scripts, request).finish();
const serve = (bytes: number, ending: (Step & { does: "serve" })["ending"], lie?: Lie): Step => ({
  does: "serve",
  bytes,
  ending,
  hasLength: true,
  lie,
});

const REFUSE: Step = { does: "refuse" };
const SILENT: Step = { does: "keep-silent" };
const CLOSE: Step = { does: "close" };
const BUSY: Step = { does: "answer", status: 503 };
const BREAK = serve(400, "break");
const WHOLE = `200 ${BODY_BYTES} bytes, complete`;

describe("before anything of the answer has been given on", () => {
  for (const [what, scripts, story, asked] of [
    ["all is well", [[]], WHOLE, "1"],
    ["refused", [[REFUSE]], "unreachable (ECONNREFUSED)", "1"],
    ["refused by the first", [[REFUSE], []], WHOLE, "1 1"],
    ["silence of the first", [[SILENT], []], WHOLE, "1 1"],
    ["closed by the first", [[CLOSE], []], WHOLE, "1 1"],
    ["503 of the only one is the answer", [[BUSY]], "503 0 bytes, complete", "1"],
    ["503 of the first", [[BUSY], []], WHOLE, "1 1"],
    ["503 of the last is the answer", [[REFUSE], [BUSY]], "503 0 bytes, complete", "1 1"],
    ["503, then refused", [[BUSY], [REFUSE]], "unreachable (ECONNREFUSED)", "1 1"],
    ["500 is an answer", [[{ does: "answer", status: 500 }], []], "500 0 bytes, complete", "1 0"],
    ["404 is an answer", [[{ does: "answer", status: 404 }], []], "404 0 bytes, complete", "1 0"],
    ["all refuse", [[REFUSE], [REFUSE], [REFUSE]], "unreachable (ECONNREFUSED)", "1 1 1"],
  ] as const) {
    test(what, () => {
      const stage = play(scripts);
      assert.equal(stage.receiver.story, story);
      assert.equal(stage.asked, asked);
    });
  }

  const refusedFirst = [[REFUSE], [HONEST]];
  for (const [method, body, scripts, asked] of [
    ["POST", undefined, refusedFirst, "1 0"],
    ["POST", undefined, [[BUSY], []], "1 0"],
    ["PUT", Buffer.from("x"), refusedFirst, "1 1"],
    ["PUT", Buffer.from("x"), [[SILENT], []], "1 0"],
    ["DELETE", undefined, [[CLOSE], []], "1 0"],
    ["HEAD", undefined, [[SILENT], []], "1 1"],
  ] as const) {
    test(`${method} asks ${asked}`, () =>
      assert.equal(play(scripts, { ...GET, method, body }).asked, asked));
  }
});

test("a call that is held stays so at the next server", () => {
  const stage = new Stage([[REFUSE], []]);
  stage.call.hold();
  while (stage.deliver());
  assert.equal(stage.asked, "1 1");
  assert.equal(stage.receiver.story, "open");
  stage.call.goOn();
  assert.equal(stage.finish().receiver.story, WHOLE);
});

describe("a body that breaks off", () => {
  for (const [what, scripts, story, asked] of [
    ["goes on where it broke", [[BREAK]], WHOLE, "2"],
    ["goes on at the same server first", [[BREAK], []], WHOLE, "2 0"],
    ["goes on elsewhere after silence", [[serve(400, "fall-silent")], []], WHOLE, "1 1"],
    ["goes on elsewhere the second time", [[BREAK, serve(9, "break")], []], WHOLE, "2 1"],
    ["goes on though it ended too soon", [[serve(400, "end")]], WHOLE, "2"],
    ["goes on after a 503", [[BREAK, BUSY]], WHOLE, "3"],
    [
      "is whole with its last byte, whatever befalls the connection then",
      [[BREAK, { does: "serve", bytes: 1e9, ending: "break", hasLength: false }]],
      WHOLE,
      "2",
    ],
    ["goes on after its head alone", [[serve(0, "break")]], WHOLE, "2"],
    [
      "goes on where another has that version",
      [[BREAK, serve(0, "end", "other-version")], []],
      WHOLE,
      "2 1",
    ],
    [
      "fails after five attempts",
      [[BREAK, ...Array<Step>(9).fill(REFUSE)]],
      "200 400 bytes, unreachable (ECONNREFUSED)",
      "6",
    ],
    [
      "fails at another version",
      [[BREAK, serve(1e9, "end", "other-version")]],
      "200 400 bytes, broken (other-version)",
      "2",
    ],
    [
      "fails at a part of another version",
      [[BREAK, serve(1e9, "end", "swapped-version")]],
      "200 400 bytes, broken (other-version)",
      "2",
    ],
    [
      "fails at a server without ranges",
      [[BREAK, serve(1e9, "end", "no-range")]],
      "200 400 bytes, broken (other-version)",
      "2",
    ],
    [
      "fails at another place",
      [[BREAK, serve(1e9, "end", "later-place")]],
      "200 400 bytes, broken (other-place)",
      "2",
    ],
    [
      "fails at another size",
      [[BREAK, serve(1e9, "end", "other-size")]],
      "200 400 bytes, broken (other-size)",
      "2",
    ],
    [
      "fails at a part that goes on beyond its range",
      [[BREAK, serve(1e9, "end", "beyond-its-range")]],
      "200 885 bytes, broken (too long)",
      "2",
    ],
    [
      "fails without a strong validator",
      [[serve(400, "break", "weak-etag")]],
      "200 400 bytes, broken (ECONNRESET)",
      "1",
    ],
    [
      "fails if it has more than it said",
      [[serve(1e9, "send-too-much")]],
      `200 ${BODY_BYTES} bytes, broken (too long)`,
      "1",
    ],
  ] as const) {
    test(what, () => {
      const stage = play(scripts);
      assert.equal(stage.receiver.story, story);
      assert.equal(stage.asked, asked);
      const { bytes } = stage.receiver;
      assert.ok(bytes.equals(bodyOfVersion('"v1"').subarray(0, bytes.length)));
    });
  }

  test("is asked for with a range and its version, and without the first conditions", () => {
    const fields = { accept: "*/*", "if-none-match": '"v0"' };
    const [server] = play([[BREAK]], { ...GET, fields }).servers;
    assert.deepEqual(server?.asked[1]?.fields, {
      accept: "*/*",
      range: "bytes=400-",
      "if-range": '"v1"',
    });
  });

  test("of a range goes on within the range", () => {
    const request = { ...GET, fields: { range: "bytes=100-899" } };
    const { receiver, servers } = play([[BREAK]], request);
    assert.equal(receiver.story, "206 800 bytes, complete");
    assert.ok(receiver.bytes.equals(bodyOfVersion('"v1"').subarray(100, 900)));
    assert.equal(servers[0]?.asked[1]?.fields["range"], "bytes=500-899");
  });

  test("goes on at once the first time, and after growing waits from then on", () => {
    const stage = new Stage([[BREAK, REFUSE, REFUSE, REFUSE]]);
    while (stage.deliver());
    const askedAtMs: number[] = [];
    for (let asked = 2; asked < 5; stage.pass(10)) {
      while (stage.deliver());
      if (stage.servers[0]?.asked.length !== asked + 1) continue;
      askedAtMs.push(stage.nowMs - 1);
      asked += 1;
    }
    assert.deepEqual(askedAtMs, [200, 600, 1_400]);
  });

  test("does not go on while it is held", () => {
    const stage = new Stage([[BREAK]]);
    for (let at = 0; at < 3; at += 1) stage.deliver();
    stage.call.hold();
    while (stage.deliver());
    stage.pass(60_000);
    assert.equal(stage.asked, "1");
    assert.equal(stage.receiver.story, "200 194 bytes, open");
    stage.call.goOn();
    assert.equal(stage.finish().receiver.story, WHOLE);
  });

  test("is not asked for again once it is no longer wanted", () => {
    const stage = new Stage([[BREAK, REFUSE]]);
    while (stage.deliver());
    stage.call.abort();
    stage.pass(60_000);
    assert.equal(stage.asked, "2");
    assert.equal(stage.receiver.story, "200 400 bytes, aborted (no longer needed)");
  });
});

const LIES: readonly (Lie | undefined)[] = [
  ...Array<undefined>(9).fill(undefined),
  "other-version",
  "swapped-version",
  "weak-etag",
  "no-etag",
  "earlier-place",
  "later-place",
  "other-size",
  "other-length",
  "beyond-its-range",
  "other-encoding",
  "no-range",
];

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(REFUSE, SILENT, CLOSE, BUSY) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("serve" as const),
      bytes: fc.oneof(fc.nat({ max: BODY_BYTES }), fc.constant(1e9)),
      ending: fc.constantFrom("end", "break", "fall-silent", "send-too-much"),
      hasLength: fc.boolean(),
      lie: fc.constantFrom(...LIES),
    }),
  },
);
const anyRange = fc.constantFrom(
  undefined,
  "bytes=0-",
  "bytes=250-749",
  "bytes=-300",
  "bytes=999-",
);
const anyDeed = fc.constantFrom("deliver", "deliver", "deliver", "hold", "goOn", "pass");

test("whatever breaks and whoever lies, the bytes are right or the failure is told", () => {
  let resumed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(anyStep, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      anyRange,
      fc.array(anyDeed, { maxLength: 60 }),
      fc.option(fc.nat({ max: 60 })),
      (scripts, range, deeds, abortsAt) => {
        const fields = range === undefined ? {} : { range };
        const stage = new Stage(scripts, { ...GET, fields });
        for (const [at, deed] of deeds.entries()) {
          if (at === abortsAt) stage.call.abort();
          if (deed === "deliver") stage.deliver();
          else if (deed === "pass") stage.pass(300);
          else stage.call[deed]();
        }
        stage.call.goOn();
        stage.finish();
        checkOutcome(stage);
        if (stage.upstreams.states().some(({ resumes }) => resumes > 0)) {
          resumed += stage.receiver.end === "complete" ? 1 : 0;
        }
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(resumed > 50, `${resumed} runs ended well after a resume`);
});

function checkOutcome({ receiver, upstreams, servers }: Stage): void {
  const { bytes, fields, status, end } = receiver;
  if (status === 200 || status === 206) {
    const range = status === 206 ? parseContentRange(fields["content-range"]) : undefined;
    const first = range?.first ?? 0;
    const right = bodyOfVersion(fields["etag"]).subarray(first, (range?.last ?? 1e9) + 1);
    assert.ok(bytes.equals(right.subarray(0, bytes.length)), "a byte is wrong");
    if (end === "complete") assert.equal(bytes.length, right.length, "it looks whole");
  }
  const asked = servers.reduce((sum, server) => sum + server.asked.length, 0);
  // Before the head each is asked once, and once more where its connection may have been too old.
  assert.ok(asked <= 2 * servers.length + POLICY.resume.most, `${asked} attempts`);
  for (const state of upstreams.states()) assert.equal(state.active + state.queued, 0);
}
