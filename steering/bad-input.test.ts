/** Whatever is sent to steering, and however much of it: a clear answer, and the fleet as it was. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { openContentServer, openSteeringRig, REPORT, type SteeringRig } from "./steering-rig.ts";

const RUNS = { numRuns: 120 };
const REGISTRATION = { id: "east-1", region: "east", incarnation: "1", report: REPORT };
const HEARTBEAT = { incarnation: "1", sequence: 1, report: REPORT };
const OVERRIDE = { action: "prefer", seconds: 60, reason: "x" };

async function openFleet(t: TestContext) {
  const rig = await openSteeringRig(t);
  const { url } = await openContentServer(t);
  for (const id of ["east-1", "east-2"]) await rig.join(id, "east", url);
  await rig.pass(10);
  return { ...rig, url };
}

/** Without what ages. */
async function fleetOf({ view }: SteeringRig) {
  const { appliances } = await view();
  return appliances.map(
    ({ id, url, region, report, override, viewers, health, admittedShare }) => ({
      ...{ id, url, region, report, override, viewers, admittedShare },
      health: [health.state, health.reason, health.grade],
    }),
  );
}

type Answer = { readonly statusCode: number; readonly payload: string };

function assertClear({ statusCode, payload }: Answer): void {
  assert.ok(statusCode < 500 && statusCode !== 429, `${statusCode} ${payload}`);
  if (statusCode < 400) return;
  assert.match((JSON.parse(payload) as { code: string }).code, /^[A-Z_]+$/, payload);
}

/** A right body with one thing in it replaced by anything, or anything at all. */
function nearly(body: object): fc.Arbitrary<string> {
  const paths = pathsOf(body);
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(-1, 0, 0.5, 2 ** 53, 1e300, "", "x".repeat(300), null, [], {}),
  );
  return fc.oneof(
    fc.tuple(fc.constantFrom(...paths), odd).map(([path, value]) => {
      const changed = structuredClone(body);
      setAt(changed, path, value);
      return JSON.stringify(changed);
    }),
    fc.json(),
    fc.string(),
    fc.constantFrom("NaN", '{"__proto__":{"id":"x"}}', `${"[".repeat(4_000)}`, "\u0000", "{"),
  );
}

function pathsOf(value: object): string[][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    [key],
    ...(typeof inner === "object" && inner !== null
      ? pathsOf(inner).map((path) => [key, ...path])
      : []),
  ]);
}

function setAt(target: object, [key = "", ...rest]: readonly string[], value: unknown): void {
  const record = target as Record<string, unknown>;
  if (rest.length === 0) record[key] = value;
  else setAt(record[key] as object, rest, value);
}

describe("any body", () => {
  for (const [what, method, path, body] of [
    ["registration", "POST", "/v1/appliances", { ...REGISTRATION, url: "http://a.test" }],
    ["heartbeat", "PUT", "/v1/appliances/east-1/heartbeat", HEARTBEAT],
    ["override", "PUT", "/v1/appliances/east-1/override", OVERRIDE],
  ] as const) {
    test(`for a ${what} is taken or clearly refused, and then nothing has changed`, async (t) => {
      const rig = await openFleet(t);
      const send = (payload: string, token: string) =>
        rig.app.inject({
          method,
          url: path,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          payload,
        });
      let before = await fleetOf(rig);
      await fc.assert(
        fc.asyncProperty(nearly(body), async (payload) => {
          assert.equal((await send(payload, "a-guess")).statusCode, 401);
          const answer = await send(payload, "a-token-of-the-fleet");
          assertClear(answer);
          const after = await fleetOf(rig);
          if (answer.statusCode >= 400) assert.deepEqual(after, before);
          before = after;
        }),
        RUNS,
      );
    });
  }

  test("of a player's reports is taken or clearly refused, and moves nobody", async (t) => {
    const rig = await openFleet(t);
    const uri = await rig.steeringUri();
    const session = /session=([^&]+)/.exec(uri)?.[1] ?? "";
    const before = await fleetOf(rig);
    const value = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.double().map(String),
      fc.constantFrom("east-1", "?1", "404", "1e999", "-1", "NaN", "(1 2)", '"x"', "99999999999"),
    );
    const key = fc.constantFrom(
      "e",
      "rc",
      "cdn",
      "sn",
      "ts",
      "br",
      "mtp",
      "bs",
      "bsd",
      "ttlb",
      "d",
    );
    const line = fc
      .array(fc.tuple(key, value))
      .map((pairs) => pairs.map((p) => p.join("=")).join());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(line, fc.string()), { maxLength: 20 }), async (lines) => {
        const answer = await rig.app.inject({
          method: "POST",
          url: `/v1/cmcd?session=${session}`,
          headers: { "content-type": "application/cmcd" },
          payload: lines.join("\n"),
        });
        assert.ok([204, 400].includes(answer.statusCode), String(answer.statusCode));
        assertClear(answer);
      }),
      RUNS,
    );
    await rig.pass(2);
    const states = (await fleetOf(rig)).map(({ health }) => health);
    assert.deepEqual(
      states,
      before.map(({ health }) => health),
    );
  });
});

describe("any question", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("-1", "1e999", "NaN", "x".repeat(600), "east-1", "2026-01-01T00:00:00Z"),
  );
  const names = [
    ...["path", "source", "region", "address", "current", "session", "at", "since", "until"],
    ...["limit", "format", "_HLS_pathway", "_HLS_throughput", "_DASH_pathway", "clones"],
  ];
  const query = fc
    .array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 5 })
    .map((pairs) => String(new URLSearchParams(pairs)));

  test("has an answer that is none of our failures", async (t) => {
    const rig = await openFleet(t);
    const paths = ["/v1/fleet", "/v1/events", "/v1/explain", "/v1/dependencies", "/v1/appliances"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), query, async (path, asked) => {
        const { statusCode, payload } = await rig.app.inject(`${path}?${asked}`);
        // Dear questions may be asked too often; a manifest and a play never.
        if (statusCode !== 429) assertClear({ statusCode, payload });
      }),
      RUNS,
    );
  });
  test("for a manifest is answered with one", async (t) => {
    const rig = await openFleet(t);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("hls", "dash"), query, async (kind, asked) => {
        const answer = await rig.app.inject(`/v1/steer/${kind}?${asked}`);
        assert.equal(answer.statusCode, 200, answer.payload);
        const manifest = answer.json<Record<string, unknown>>();
        assert.equal(manifest["VERSION"], 1);
        assert.ok(Number(manifest["TTL"]) >= 1);
        assert.ok((manifest["PATHWAY-PRIORITY"] as unknown[]).length > 0);
      }),
      RUNS,
    );
  });
});

describe("a flood", () => {
  const FLOOD = 2_000;
  async function flood(times: number, one: (turn: number) => Promise<Answer>) {
    const codes = new Map<number, number>();
    for (let turn = 0; turn < times; turn += 1) {
      const { statusCode } = await one(turn);
      codes.set(statusCode, (codes.get(statusCode) ?? 0) + 1);
    }
    return Object.fromEntries(codes);
  }

  test("of titles that nobody has, from regions that do not exist: 404, and plays go on", async (t) => {
    const rig = await openFleet(t);
    const codes = await flood(FLOOD, (turn) => rig.play(`nowhere-${turn}`, `/none/${turn}.m3u8`));
    assert.deepEqual(codes, { 404: FLOOD });
    assert.equal((await rig.play("east")).statusCode, 200);
  });
  test("of forged tokens: a manifest each, and nobody is counted", async (t) => {
    const rig = await openFleet(t);
    const before = await fleetOf(rig);
    const codes = await flood(FLOOD, (turn) =>
      rig.app.inject(`/v1/steer/hls?session=${"ey".repeat(40)}.${turn}&_HLS_pathway=east-1`),
    );
    assert.deepEqual(codes, { 200: FLOOD });
    assert.deepEqual(await fleetOf(rig), before);
  });
  test("of one good token: a manifest each, and one viewer", async (t) => {
    const rig = await openFleet(t);
    const uri = await rig.steeringUri();
    const codes = await flood(FLOOD, (turn) =>
      rig.app.inject(`${uri}&_HLS_pathway=east-${1 + (turn % 2)}`),
    );
    assert.deepEqual(codes, { 200: FLOOD });
    const viewers = (await fleetOf(rig)).reduce((sum, node) => sum + node.viewers, 0);
    assert.ok(viewers > 0 && viewers < 3, `${viewers}`);
  });
  test("of old heartbeats: 409 each, and what was said last stands", async (t) => {
    const rig = await openFleet(t);
    const before = await fleetOf(rig);
    const last = rig.sequence();
    const draining = { ...REPORT, state: "draining" };
    const codes = await flood(FLOOD, (turn) =>
      rig.heartbeat("east-1", { incarnation: "1", sequence: turn % (last - 1), report: draining }),
    );
    assert.deepEqual(codes, { 409: FLOOD });
    assert.deepEqual(await fleetOf(rig), before);
  });
  test("of one heartbeat, again and again: taken, and no more than that", async (t) => {
    const rig = await openFleet(t);
    const before = await fleetOf(rig);
    const again = { incarnation: "1", sequence: rig.sequence(), report: REPORT };
    const codes = await flood(FLOOD, () => rig.heartbeat("east-2", again));
    assert.deepEqual(codes, { 200: FLOOD });
    assert.deepEqual(await fleetOf(rig), before);
  });
  test("of heartbeats from the far future: the node that sent one can begin anew", async (t) => {
    const rig = await openFleet(t);
    const far = { ...HEARTBEAT, sequence: Number.MAX_SAFE_INTEGER };
    assert.equal((await rig.heartbeat("east-1", far)).statusCode, 200);
    assert.equal((await rig.heartbeat("east-1", HEARTBEAT)).statusCode, 409);
    rig.fallSilent("east-1");
    await rig.pass(4);
    await rig.join("east-1", "east", rig.url);
    await rig.pass(10);
    assert.deepEqual(await rig.states(), { "east-1": "up", "east-2": "up" });
  });
  test("of reports that nobody has signed for: 204 each, and nobody is ill for it", async (t) => {
    const rig = await openFleet(t);
    const before = await fleetOf(rig);
    const codes = await flood(FLOOD, (turn) =>
      rig.app.inject({
        method: "POST",
        url: `/v1/cmcd?session=forged.${turn}`,
        headers: { "content-type": "application/cmcd" },
        payload: `e=rr,rc=503,cdn="east-1",sn=${turn}\n`.repeat(20),
      }),
    );
    assert.deepEqual(codes, { 204: FLOOD });
    await rig.pass(2);
    const health = (await fleetOf(rig)).map((node) => node.health);
    assert.deepEqual(
      health,
      before.map((node) => node.health),
    );
  });
});
