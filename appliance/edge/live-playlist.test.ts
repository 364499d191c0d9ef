/** A live playlist through the appliance: always the newest, one question at a time, never frozen. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import {
  type ApplianceRig,
  cacheStatus,
  heldBody,
  newFolder,
  type RigOptions,
  startRig,
  until,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";

const PATH = "/live/one/index.m3u8";

/** A channel whose playlist the test moves on, and which the test can silence or break. */
async function startChannel(
  t: TestContext,
  cacheControl: string,
  options: Pick<RigOptions, "folder" | "policies"> = {},
) {
  const { origin, edge } = await startRig(t, options);
  /** The `If-None-Match` of each question. */
  const questions: (string | undefined)[] = [];
  let answered: (request: IncomingMessage, response: ServerResponse) => void = answer;
  let sequence = 1;
  const held: ServerResponse[] = [];

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const etag = `"${sequence}"`;
    const fields = {
      "cache-control": cacheControl,
      "content-type": "application/vnd.apple.mpegurl",
      etag,
    };
    if (request.headers["if-none-match"] === etag) response.writeHead(304, fields).end();
    else response.writeHead(200, fields).end(`playlist ${sequence}`);
  }
  origin.on(PATH, (request, response) => {
    questions.push(request.headers["if-none-match"]);
    answered(request, response);
  });

  return {
    origin,
    edge,
    questions,
    moveOn: () => {
      sequence += 1;
    },
    /** It takes questions and answers none, until `answerHeld`. */
    hang: () => {
      answered = (_, response) => {
        held.push(response);
      };
    },
    /** The response to the question that hangs. */
    hanging: async () => {
      await until(() => held.length > 0);
      const response = held.shift();
      assert.ok(response);
      return { response, answer: () => answer(response.req, response) };
    },
    breakOff: () => {
      answered = (_, response) => response.destroy();
    },
    fail: (status: number) => {
      answered = (_, response) => response.writeHead(status).end();
    },
    heal: () => {
      answered = answer;
    },
    /** So many clients at once, who all have asked before the origin answers. */
    crowd: async (clients: number, release: () => Promise<void>) => {
      const answers = Promise.all(Array.from({ length: clients }, () => edge.get(PATH)));
      await until(() => edge.appliance.status().report.activeRequests === clients);
      await release();
      return answers;
    },
  };
}

const textOf = ({ bytes }: { readonly bytes: Buffer }) => bytes.toString();

async function inBrief(edge: ApplianceRig): Promise<string> {
  const answer = await edge.get(PATH);
  if (answer.status === 200) return `${textOf(answer)}: ${cacheStatus(answer)}`;
  return `${answer.status} ${JSON.parse(textOf(answer)).code}`;
}

describe("an expired live playlist", () => {
  for (const cacheControl of ["public, max-age=1", "public, max-age=0"]) {
    test(`is asked for once for fifty clients, who all get the new one: ${cacheControl}`, async (t) => {
      const channel = await startChannel(t, cacheControl);
      await channel.edge.get(PATH);
      channel.edge.pass(1_000);
      channel.moveOn();
      channel.hang();
      const answers = await channel.crowd(50, async () => (await channel.hanging()).answer());
      assert.deepEqual(new Set(answers.map(textOf)), new Set(["playlist 2"]));
      assert.deepEqual(channel.questions, [undefined, '"1"']);
      const collapsed = answers.filter((answer) => /; collapsed/.test(cacheStatus(answer)));
      assert.equal(collapsed.length, 49);
    });

    test(`is found unchanged once for fifty clients: ${cacheControl}`, async (t) => {
      const channel = await startChannel(t, cacheControl);
      await channel.edge.get(PATH);
      channel.edge.pass(1_000);
      channel.hang();
      const answers = await channel.crowd(50, async () => (await channel.hanging()).answer());
      assert.deepEqual(new Set(answers.map(textOf)), new Set(["playlist 1"]));
      assert.deepEqual(new Set(answers.map(({ headers }) => headers["age"])), new Set(["0"]));
      assert.deepEqual(channel.questions, [undefined, '"1"']);
    });
  }

  test("is asked for each time where max-age is 0, changed or not", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    const texts = [textOf(await channel.edge.get(PATH)), textOf(await channel.edge.get(PATH))];
    channel.moveOn();
    texts.push(textOf(await channel.edge.get(PATH)), textOf(await channel.edge.get(PATH)));
    assert.deepEqual(texts, ["playlist 1", "playlist 1", "playlist 2", "playlist 2"]);
    assert.deepEqual(channel.questions, [undefined, '"1"', '"1"', '"2"']);
  });

  test("is never given out stale while the origin answers", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.moveOn();
    channel.edge.pass(1_999);
    assert.equal(await inBrief(channel.edge), "playlist 1: east-1; hit; ttl=0; detail=fresh");
    channel.edge.pass(1);
    assert.match(await inBrief(channel.edge), /^playlist 2: .*fwd=stale; fwd-status=200; stored$/);
  });

  test("spares a client that has it already the body", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    await channel.edge.get(PATH);
    assert.equal((await channel.edge.get(PATH, { "if-none-match": '"1"' })).status, 304);
    channel.moveOn();
    assert.equal((await channel.edge.get(PATH, { "if-none-match": '"1"' })).status, 200);
  });

  test("is not written to disk with every segment", async (t) => {
    const channel = await startChannel(t, "public, max-age=1", { folder: await newFolder(t) });
    await channel.edge.get(PATH);
    await channel.edge.appliance.disk?.settled();
    const { ram, disk } = channel.edge.appliance.status().report;
    assert.deepEqual([ram.objects, disk.objects], [1, 0]);
  });
});

describe("a live playlist whose origin is gone", () => {
  test("is given out for two lifetimes more, and no longer", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.breakOff();
    channel.edge.pass(5_999);
    assert.equal(
      await inBrief(channel.edge),
      "playlist 1: east-1; fwd=stale; ttl=-4; detail=disconnected",
    );
    channel.edge.pass(1);
    assert.equal(await inBrief(channel.edge), "502 EDGE_ORIGIN_FAILED");
    channel.heal();
    channel.moveOn();
    assert.match(await inBrief(channel.edge), /^playlist 2/);
  });

  test("is given out no more at once where it must be asked for each time", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    await channel.edge.get(PATH);
    channel.breakOff();
    assert.equal(await inBrief(channel.edge), "502 EDGE_ORIGIN_FAILED");
  });

  test("is given out for as long as the origin itself allowed", async (t) => {
    const channel = await startChannel(t, "public, max-age=1, stale-if-error=30");
    await channel.edge.get(PATH);
    channel.breakOff();
    channel.edge.pass(30_999);
    assert.match(await inBrief(channel.edge), /^playlist 1: .*detail=stale-if-error$/);
    channel.edge.pass(1);
    assert.equal(await inBrief(channel.edge), "502 EDGE_ORIGIN_FAILED");
  });

  test("does not hide an error that the origin answers with", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.fail(503);
    channel.edge.pass(2_000);
    assert.equal((await channel.edge.get(PATH)).status, 503);
  });
});

describe("a live playlist whose origin hangs", () => {
  test("is given out stale after half a second, to all who wait", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.hang();
    channel.edge.pass(2_000);
    const answers = await channel.crowd(10, async () => {
      await channel.hanging();
      channel.edge.pass(499);
      await channel.edge.get("/another");
      assert.equal(channel.edge.appliance.status().report.activeRequests, 10);
      channel.edge.pass(1);
    });
    assert.deepEqual(new Set(answers.map(textOf)), new Set(["playlist 1"]));
    assert.match(cacheStatus(answers[0] ?? { headers: {} }), /detail=disconnected$/);
    assert.equal(channel.questions.length, 2);
  });

  test("after its head, before its body, is no better", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.hang();
    channel.edge.pass(2_000);
    const waiting = inBrief(channel.edge);
    const { response } = await channel.hanging();
    response.writeHead(200, { etag: '"2"', "content-length": 100 }).flushHeaders();
    // When this has come back, the head has come as well.
    await channel.edge.get("/another");
    channel.edge.pass(500);
    assert.equal(await waiting, "playlist 1: east-1; fwd=stale; ttl=-1; detail=disconnected");
  });

  test("is a 504 after half a second where it is too old, and for the next client at once", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    await channel.edge.get(PATH);
    channel.hang();
    const waiting = inBrief(channel.edge);
    await channel.hanging();
    channel.edge.pass(500);
    assert.equal(await waiting, "504 EDGE_ORIGIN_TIMEOUT");
    assert.equal(await inBrief(channel.edge), "504 EDGE_ORIGIN_TIMEOUT");
    const refused = await channel.edge.get(PATH);
    assert.equal(cacheStatus(refused), "east-1; fwd=stale; detail=timeout");
    assert.equal(refused.headers["retry-after"], "1");
    assert.equal(channel.questions.length, 2);
  });

  test("is up to date as soon as the late answer has come", async (t) => {
    const channel = await startChannel(t, "public, max-age=2");
    await channel.edge.get(PATH);
    channel.hang();
    channel.edge.pass(2_000);
    const waiting = inBrief(channel.edge);
    const { answer } = await channel.hanging();
    channel.edge.pass(500);
    assert.match(await waiting, /^playlist 1/);
    channel.moveOn();
    answer();
    await until(() => channel.edge.appliance.status().fills.active === 0);
    assert.match(await inBrief(channel.edge), /^playlist 2: east-1; hit/);
    assert.equal(channel.questions.length, 2);
  });

  test("is asked for anew, over another connection, after three seconds", async (t) => {
    const channel = await startChannel(t, "public, max-age=1");
    await channel.edge.get(PATH);
    channel.hang();
    channel.edge.pass(1_000);
    const waiting = inBrief(channel.edge);
    const { response } = await channel.hanging();
    const abandoned = once(response, "close");
    channel.edge.pass(500);
    await waiting;
    channel.edge.pass(2_500);
    await abandoned;
    channel.heal();
    channel.moveOn();
    assert.match(await inBrief(channel.edge), /^playlist 2/);
    assert.deepEqual(channel.questions, [undefined, '"1"', '"1"']);
  });
});

describe("a live playlist whose origin is slow", () => {
  test("is waited for twice as long as it took the last time", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    channel.hang();
    for (const sequence of [1, 2]) {
      const waiting = inBrief(channel.edge);
      const { answer } = await channel.hanging();
      channel.edge.pass(799);
      await channel.edge.get("/another");
      channel.edge.pass(1);
      answer();
      assert.match(await waiting, new RegExp(`^playlist ${sequence}: `));
      channel.moveOn();
    }
    const waiting = inBrief(channel.edge);
    await channel.hanging();
    channel.edge.pass(1_600);
    assert.equal(await waiting, "504 EDGE_ORIGIN_TIMEOUT");
  });

  test("is waited for as soon as its first late answer has come", async (t) => {
    const channel = await startChannel(t, "public, max-age=0");
    await channel.edge.get(PATH);
    channel.hang();
    const refused = inBrief(channel.edge);
    const first = await channel.hanging();
    channel.edge.pass(500);
    assert.equal(await refused, "504 EDGE_ORIGIN_TIMEOUT");
    channel.edge.pass(300);
    first.answer();
    await until(() => channel.edge.appliance.status().fills.active === 0);

    const waiting = inBrief(channel.edge);
    const second = await channel.hanging();
    channel.edge.pass(800);
    second.answer();
    assert.match(await waiting, /^playlist 1: /);
  });
});

describe("a playlist whose origin says only when it last changed", () => {
  const HOUR_MS = 3_600_000;

  /** It has been as it is for ten hours. */
  async function startSilentAboutLifetimes(t: TestContext) {
    const { origin, edge } = await startRig(t);
    const publish = (text: string, changedAtMs: number) => {
      const fields = { "last-modified": new Date(changedAtMs).toUTCString() };
      origin.on(PATH, (_, response) => response.writeHead(200, fields).end(text));
    };
    publish("the film of the morning", edge.clock.wallNow() - 10 * HOUR_MS);
    await edge.get(PATH);
    return { origin, edge, publish };
  }

  test("is asked for anew after two seconds, since a live one may have taken its place", async (t) => {
    const { edge, publish } = await startSilentAboutLifetimes(t);
    publish("the channel", edge.clock.wallNow());
    edge.pass(1_999);
    assert.match(await inBrief(edge), /^the film of the morning: .*hit/);
    edge.pass(1);
    assert.match(await inBrief(edge), /^the channel: .*fwd=stale/);
  });

  test("is still there while the origin is not, for a tenth of the time that it had lasted", async (t) => {
    const { origin, edge } = await startSilentAboutLifetimes(t);
    origin.on(PATH, (_, response) => response.destroy());
    edge.pass(HOUR_MS - 1);
    assert.match(await inBrief(edge), /^the film of the morning: .*detail=disconnected/);
    edge.pass(2);
    assert.match(await inBrief(edge), /^50\d /);
  });
});

test("a live playlist that waits for its turn does not blame the origin", async (t) => {
  const fills = { ...policiesOf("demo").fills, maxActive: 1 };
  const channel = await startChannel(t, "public, max-age=0", { policies: { fills } });
  await channel.edge.get(PATH);
  const held = heldBody(channel.origin, "/segment", { "content-length": 10 });
  const segment = channel.edge.get("/segment");
  const response = await held;
  const waiting = inBrief(channel.edge);
  await until(() => channel.edge.appliance.status().report.activeRequests === 2);
  channel.edge.pass(500);
  assert.equal(await waiting, "503 EDGE_TOO_BUSY");
  channel.edge.pass(2_500);
  response.end(Buffer.alloc(10));
  await segment;
  assert.match(await inBrief(channel.edge), /^playlist 1/);
});
