/** Large objects, kept in slices: what the origin is asked for, and that no byte is ever of another version. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { parseContentRange, selectRange } from "../../kernel/byte-range.ts";
import { seededRandom } from "../../kernel/seeded-random.ts";
import {
  type ApplianceRig,
  bodyOf,
  cacheStatus,
  heldBody,
  newFolder,
  type OriginHandler,
  type OriginRig,
  ReceivedBody,
  type RigOptions,
  startRig,
  until,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";

const SIZE_BYTES = 10_500;
const FILM = bodyOf("/film", SIZE_BYTES);
const fills = { ...policiesOf("demo").fills, sliceAboveBytes: 4_000, sliceBytes: 1_000 };

describe("an object that is kept in slices", () => {
  test("comes whole from one question, and from none the next time", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    const first = await edge.get("/film");
    assert.ok(first.bytes.equals(FILM));
    assert.equal(first.headers["content-length"], String(SIZE_BYTES));
    assert.equal(cacheStatus(first), "east-1; fwd=uri-miss; fwd-status=200; stored");
    const second = await edge.get("/film");
    assert.ok(second.bytes.equals(FILM));
    assert.equal(cacheStatus(second), "east-1; hit; ttl=60; detail=fresh");
    assert.deepEqual(asked, ["whole"]);
  });

  test("is asked for by no more than the slices that hold a range", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    const answer = await edge.get("/film", { range: "bytes=5500-7099" });
    assert.equal(answer.status, 206);
    assert.equal(answer.headers["content-range"], `bytes 5500-7099/${SIZE_BYTES}`);
    assert.ok(answer.bytes.equals(FILM.subarray(5_500, 7_100)));
    assert.deepEqual(asked, ["5000-5999", '6000-6999 if "v1"', '7000-7999 if "v1"']);
  });

  test("gives out a range of stored slices without the origin, and fetches only what is missing", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    await edge.get("/film", { range: "bytes=5000-6999" });
    asked.length = 0;
    const stored = await edge.get("/film", { range: "bytes=5100-6100" });
    assert.ok(stored.bytes.equals(FILM.subarray(5_100, 6_101)));
    assert.equal(cacheStatus(stored), "east-1; hit; ttl=60; detail=fresh");
    assert.deepEqual(asked, []);
    const more = await edge.get("/film", { range: "bytes=4900-7099" });
    assert.ok(more.bytes.equals(FILM.subarray(4_900, 7_100)));
    assert.match(cacheStatus(more), /fwd=partial; detail=2-of-4-slices/);
    assert.deepEqual(asked, ['4000-4999 if "v1"', '7000-7999 if "v1"']);
  });

  test("asks once for each slice, whatever clients at whatever offsets want it", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        edge.get("/film", { range: `bytes=${(index % 8) * 1_000 + 1_500}-` }),
      ),
    );
    for (const [index, { bytes }] of answers.entries()) {
      assert.ok(bytes.equals(FILM.subarray((index % 8) * 1_000 + 1_500)), `client ${index}`);
    }
    const ranges = asked.map((question) => question.split(" ")[0]);
    assert.equal(new Set(ranges).size, ranges.length, "no slice is asked for twice");
  });

  test("passes the bytes of a slice on before it is whole", async (t) => {
    const { origin, edge } = await startSlicingRig(t);
    const arrived = heldSlice(origin);
    const reading = edge.open("/film", { range: "bytes=5000-5999" });
    const { response, body } = await arrived;
    response.write(body.subarray(0, 400));
    const received = new ReceivedBody((await reading).body);
    assert.ok((await received.first(400)).equals(FILM.subarray(5_000, 5_400)));
    response.end(body.subarray(400));
    assert.ok((await received.whole).equals(FILM.subarray(5_000, 6_000)));
  });

  test("can lose a slice, and asks for that alone", async (t) => {
    // Room for the head and about eight slices beside what each costs on its own.
    const { asked, edge } = await startSlicingRig(t, { ramBytes: 9 * 2_100 });
    await edge.get("/film");
    asked.length = 0;
    const again = await edge.get("/film");
    assert.ok(again.bytes.equals(FILM));
    assert.ok(asked.length > 0 && asked.every((question) => question.endsWith('if "v1"')));
  });

  test("is read from the disk after a restart", async (t) => {
    const folder = await newFolder(t);
    const { asked, edge } = await startSlicingRig(t, { folder });
    await edge.get("/film");
    await edge.appliance.disk?.settled();
    await edge.close();
    const again = await startSlicingRig(t, { folder, clock: edge.clock });
    assert.ok((await again.edge.get("/film")).bytes.equals(FILM));
    assert.deepEqual([asked, again.asked], [["whole"], []]);
  });

  test("is known by its head: HEAD, conditions and impossible ranges need no slice", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    await edge.get("/film", { range: "bytes=5000-5999" });
    asked.length = 0;
    assert.equal((await edge.get("/film", { "if-none-match": '"v1"' })).status, 304);
    assert.equal((await edge.get("/film", { range: "bytes=99999-" })).status, 416);
    assert.deepEqual(asked, []);
  });

  test("stays in its slices when the origin says that it has not changed", async (t) => {
    const { asked, edge } = await startSlicingRig(t);
    await edge.get("/film");
    edge.pass(61_000);
    assert.ok((await edge.get("/film")).bytes.equals(FILM));
    assert.ok((await edge.get("/film")).bytes.equals(FILM));
    assert.deepEqual(asked, ["whole", "unchanged?"]);
  });
});

describe("the whole answer that is cut into slices", () => {
  test("is let go when its client wanted no more than the beginning", async (t) => {
    const { edge, held } = await startHeldRig(t);
    const reading = edge.get("/film", { range: "bytes=0-499" });
    const response = await held;
    const gone = once(response, "close");
    response.write(FILM.subarray(0, 1_000));
    assert.ok((await reading).bytes.equals(FILM.subarray(0, 500)));
    await gone;
    await until(() => edge.appliance.status().fills.active === 0);
  });

  test("is kept while a slice is under way, however slow its origin", async (t) => {
    const { origin, edge, held } = await startHeldRig(t);
    const reading = edge.open("/film");
    const response = await held;
    response.write(FILM.subarray(0, 400));
    const body = new ReceivedBody((await reading).body);
    await body.first(400);
    // That the origin is slow is no client's fault.
    edge.pass(1);
    edge.pass(10_000);
    const { asked } = serveFilm(origin, '"v1"');
    response.end(FILM.subarray(400));
    assert.ok((await body.whole).equals(FILM));
    assert.deepEqual(asked, []);
  });

  test("that breaks goes on where it broke, and nobody notices", async (t) => {
    const { origin, edge, held } = await startHeldRig(t);
    const reading = edge.open("/film");
    const response = await held;
    response.write(FILM.subarray(0, 2_400));
    const body = new ReceivedBody((await reading).body);
    await body.first(2_400);
    const { asked } = serveFilm(origin, '"v1"');
    response.destroy();
    assert.ok((await body.whole).equals(FILM));
    assert.deepEqual(asked, ['2400- if "v1"']);
  });

  test("that breaks for good cuts its client off, and the next one gets every byte", async (t) => {
    const { origin, edge, held } = await startHeldRig(t);
    const reading = edge.open("/film");
    const response = await held;
    response.write(FILM.subarray(0, 2_400));
    const body = new ReceivedBody((await reading).body);
    await body.first(2_400);
    // What is left of it is of another version, so that it cannot go on.
    const newer = serveFilm(origin, '"v2"');
    response.destroy();
    await assert.rejects(body.whole);
    edge.pass(61_000);
    assert.ok((await edge.get("/film")).bytes.equals(newer.body));
  });
});

test("whatever clients read, and whatever is evicted meanwhile, every byte is right", async (t) => {
  const random = seededRandom("slices");
  const below = (limit: number) => Math.floor(random() * limit);
  // Room for the head and a few slices.
  const { edge } = await startSlicingRig(t, { ramBytes: 6 * 2_100 });
  const read = async (client: number) => {
    const first = below(SIZE_BYTES);
    const last = Math.min(SIZE_BYTES - 1, first + below(4_000));
    const { body } = await edge.open("/film", { range: `bytes=${first}-${last}` });
    const received = new ReceivedBody(body);
    if (random() < 0.2) {
      body.on("error", () => {}).destroy();
      return;
    }
    const expected = FILM.subarray(first, last + 1);
    assert.ok((await received.whole).equals(expected), `client ${client}: ${first} to ${last}`);
  };
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(Array.from({ length: 12 }, (_, client) => read(client)));
  }
  await until(() => edge.appliance.status().report.activeRequests === 0);
  await until(() => edge.appliance.status().fills.active === 0);
});

describe("a version that changes in between", () => {
  test("is served as the new one, where the client has got nothing yet", async (t) => {
    const { origin, edge } = await startSlicingRig(t);
    await edge.get("/film", { range: "bytes=5000-5999" });
    const newer = serveFilm(origin, '"v2"');
    const answer = await edge.get("/film", { range: "bytes=7000-7999" });
    assert.ok(answer.bytes.equals(newer.body.subarray(7_000, 8_000)));
    assert.equal(answer.headers["etag"], '"v2"');
    // No slice of the old version is ever given out again.
    const whole = await edge.get("/film");
    assert.ok(whole.bytes.equals(newer.body));
  });

  test("cuts off a client that has begun to read the old one", async (t) => {
    const { origin, edge } = await startSlicingRig(t);
    await edge.get("/film", { range: "bytes=5000-5999" });
    serveFilm(origin, '"v2"');
    const { body } = await edge.open("/film", { range: "bytes=5000-7999" });
    const received = new ReceivedBody(body);
    assert.ok((await received.first(1_000)).equals(FILM.subarray(5_000, 6_000)));
    await assert.rejects(received.whole);
  });
});

describe("an origin whose objects cannot be had in slices", () => {
  for (const [name, fields] of [
    ["a weak validator", { etag: 'W/"v1"' }],
    ["no validator", { etag: undefined }],
    ["no ranges", { "accept-ranges": undefined }],
    ["answers that vary", { vary: "cookie-banner" }],
  ] as const) {
    test(`with ${name}: comes whole as before`, async (t) => {
      const { origin, edge } = await startSlicingRig(t);
      origin.on("/other", (_, response) => {
        const all = { ...FIELDS, etag: '"v1"', "content-length": SIZE_BYTES, ...fields };
        response.writeHead(200, Object.fromEntries(Object.entries(all).filter(([, v]) => v)));
        response.end(FILM);
      });
      assert.ok((await edge.get("/other")).bytes.equals(FILM));
      const part = await edge.get("/other", { range: "bytes=5000-5999" });
      assert.ok(part.bytes.equals(FILM.subarray(5_000, 6_000)) || part.bytes.equals(FILM));
    });
  }

  test("because it ignores ranges: answers the client, and is not explored again", async (t) => {
    const { origin, edge } = await startSlicingRig(t);
    let questions = 0;
    origin.on("/other", (_, response) => {
      questions += 1;
      response.writeHead(200, { "cache-control": "no-store", "content-length": SIZE_BYTES });
      response.end(FILM);
    });
    for (let time = 0; time < 3; time += 1) {
      const part = await edge.get("/other", { range: "bytes=5000-5999" });
      assert.ok([part.bytes.length, FILM.length].includes(1_000) || part.bytes.equals(FILM));
    }
    assert.ok(questions <= 5, `${questions} questions`);
  });

  test("because nobody knows their length: come as before", async (t) => {
    const { origin, edge } = await startSlicingRig(t);
    origin.on("/other", (_, response) => {
      response.writeHead(200, { ...FIELDS, etag: '"v1"' });
      response.end(FILM);
    });
    assert.ok((await edge.get("/other")).bytes.equals(FILM));
    assert.ok((await edge.get("/other")).bytes.equals(FILM));
    assert.equal(origin.asked.length, 1);
  });
});

const FIELDS = { "cache-control": "max-age=60", "accept-ranges": "bytes" };

type SlicingRig = { origin: OriginRig; edge: ApplianceRig; asked: string[] };

async function startSlicingRig(
  t: Parameters<typeof startRig>[0],
  options: Partial<RigOptions> = {},
): Promise<SlicingRig> {
  const policies = { fills, slices: { pieceBytes: 300, keepUpMs: 2_000 } };
  const { origin, edge } = await startRig(t, { policies, ...options });
  const { asked } = serveFilm(origin, '"v1"');
  return { origin, edge, asked };
}

/** The same, with an answer for the whole that waits for the test. */
async function startHeldRig(t: Parameters<typeof startRig>[0]) {
  const rig = await startSlicingRig(t);
  const held = heldBody(rig.origin, "/film", { ...FIELDS, "content-length": SIZE_BYTES });
  return { ...rig, held };
}

/** An origin that knows ranges and conditions, and what it was asked. */
function serveFilm(origin: OriginRig, etag: string): { asked: string[]; body: Buffer } {
  const body = etag === '"v1"' ? FILM : bodyOf(`/film ${etag}`, SIZE_BYTES);
  const asked: string[] = [];
  const handler: OriginHandler = ({ headers }, response) => {
    const fields = { ...FIELDS, etag };
    if (headers["if-none-match"] === etag) {
      asked.push("unchanged?");
      response.writeHead(304, fields).end();
      return;
    }
    const isThisVersion = (headers["if-range"] ?? etag) === etag;
    const selection = selectRange(isThisVersion ? headers.range : undefined, body.length);
    if (selection.kind !== "part") {
      asked.push(headers.range === undefined ? "whole" : "changed");
      response.writeHead(200, { ...fields, "content-length": body.length }).end(body);
      return;
    }
    const { first, last } = selection.range;
    const condition = headers["if-range"] === undefined ? "" : ` if ${headers["if-range"]}`;
    asked.push(`${headers.range?.replace("bytes=", "")}${condition}`);
    response.writeHead(206, {
      ...fields,
      "content-range": `bytes ${first}-${last}/${body.length}`,
      "content-length": last - first + 1,
    });
    response.end(body.subarray(first, last + 1));
  };
  origin.on("/film", handler);
  return { asked, body };
}

/** The answer to the next question for a slice, which waits for the test. */
function heldSlice(origin: OriginRig) {
  return new Promise<{ response: Parameters<OriginHandler>[1]; body: Buffer }>((resolve) => {
    origin.on("/film", ({ headers }, response) => {
      const text = headers.range?.replace("bytes=", "") ?? "";
      const range = parseContentRange(`bytes ${text}/${SIZE_BYTES}`);
      if (range === undefined) throw new TypeError("No range was asked for");
      response.writeHead(206, {
        ...FIELDS,
        etag: '"v1"',
        "content-range": `bytes ${text}/${SIZE_BYTES}`,
        "content-length": range.last - range.first + 1,
      });
      response.flushHeaders();
      resolve({ response, body: FILM.subarray(range.first, range.last + 1) });
    });
  });
}
