import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Value } from "typebox/value";
import { ProblemDetails } from "../../chassis/problem-details.ts";
import { newServiceApp } from "../../chassis/service-app.ts";
import { FleetEventList } from "../contract/fleet-event.ts";
import {
  happening,
  openHistoryRig,
  type RigOptions,
  reasonsOf,
  START_MS,
} from "../history/history.rig.ts";
import { addEventRoutes } from "./event-routes.ts";

const EVENTS_POLICY = { maxListeners: 2, heartbeatMs: 15_000, reconnectMs: 2_000 };

function openRig(t: TestContext, options: RigOptions = {}) {
  const rig = openHistoryRig(t, options);
  const app = newServiceApp({ notFoundCode: "NOT_FOUND" });
  const routes = addEventRoutes(app, { history: rig.history, policy: EVENTS_POLICY });
  t.after(() => app.close());
  let listening: Promise<unknown> | undefined;
  return {
    ...rig,
    app,
    history: rig.history,
    record: (...reasons: string[]) =>
      reasons.map((reason) => rig.history.record(happening(reason))),
    routes,
    list: async (query: string) => {
      const response = await app.inject(`/v1/events${query}`);
      assert.equal(response.statusCode, 200, response.payload);
      const list = response.json<FleetEventList>();
      assert.ok(Value.Check(FleetEventList, list));
      return `${reasonsOf(list.events).join("")}${list.more ? "…" : ""}`;
    },
    /** As a browser does. */
    async listen(query = "", headers: Record<string, string> = {}): Promise<Listener> {
      listening ??= app.listen({ host: "127.0.0.1", port: 0 });
      await listening;
      const { port } = app.server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}/v1/events${query}`;
      return new Promise((resolve, reject) => {
        const request = get(url, { headers: { accept: "text/event-stream", ...headers } });
        request.on("error", reject);
        request.on("response", (response) => resolve(new Listener(response)));
        t.after(() => request.destroy());
      });
    },
  };
}

/** Reads frames as they come. */
class Listener {
  readonly response: IncomingMessage;
  readonly #frames: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.response = response;
    this.#frames = framesOf(response);
  }

  async next(): Promise<string | undefined> {
    const { value, done } = await this.#frames.next();
    return done === true ? undefined : value;
  }

  /** The reasons of the next events, whatever other frames there are. */
  async hears(count: number): Promise<string> {
    let heard = "";
    while (heard.length < count) {
      const frame = await this.next();
      if (frame === undefined) return `${heard}.`;
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data !== undefined) heard += JSON.parse(data).reason;
    }
    return heard;
  }
}

async function* framesOf(response: IncomingMessage): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of response) {
    text += chunk;
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    yield* frames;
  }
}

describe("a list of events", () => {
  test("has the newest, or those after an event or a moment", async (t) => {
    const { record, list, pass } = openRig(t);
    const [first] = record("a", "b");
    pass(10_000);
    record("c", "d");
    assert.equal(await list(""), "abcd");
    assert.equal(await list("?limit=2"), "cd");
    assert.equal(await list(`?since=${first?.id}`), "bcd");
    assert.equal(await list("?since=0&limit=3"), "abc…");
    assert.equal(await list(`?since=${START_MS + 1}`), "cd");
    const iso = new Date(START_MS + 1).toISOString();
    assert.equal(await list(`?since=${iso}`), "cd");
    assert.equal(await list(`?until=${iso}`), "ab");
  });
  test("can be read to its end page by page", async (t) => {
    const { app, record } = openRig(t);
    record("a", "b", "c", "d", "e");
    let since = 0;
    let seen = "";
    for (let more = true; more; ) {
      const response = await app.inject(`/v1/events?limit=2&since=${since}`);
      const list = response.json<FleetEventList>();
      seen += reasonsOf(list.events).join("");
      since = list.events.at(-1)?.id ?? since;
      more = list.more;
    }
    assert.equal(seen, "abcde");
  });
  for (const [query, code] of [
    ["?since=yesterday", "STEER_BAD_MOMENT"],
    ["?since=-4", "STEER_BAD_MOMENT"],
    ["?since=2026-02-30", "STEER_BAD_MOMENT"],
    ["?since=2026-11-03T10:00", "STEER_BAD_MOMENT"],
    ["?until=soon", "STEER_BAD_MOMENT"],
    ["?until=%00", "STEER_BAD_MOMENT"],
    [`?since=${"9".repeat(65)}`, "BAD_REQUEST"],
    ["?since=", "BAD_REQUEST"],
    ["?limit=0", "BAD_REQUEST"],
    ["?limit=1001", "BAD_REQUEST"],
    ["?limit=many", "BAD_REQUEST"],
    ["?since=1&since=2", "BAD_REQUEST"],
  ] as const) {
    test(`${query.slice(0, 30)} is refused: ${code}`, async (t) => {
      const { app } = openRig(t);
      const response = await app.inject(`/v1/events${query}`);
      assert.equal(response.statusCode, 400);
      assert.ok(Value.Check(ProblemDetails, response.json()));
      assert.equal(response.json<ProblemDetails>().code, code);
    });
  }
});

describe("a stream of events", () => {
  test("begins with what happens next, and goes on", async (t) => {
    const { listen, record } = openRig(t);
    record("a");
    const listener = await listen();
    assert.equal(listener.response.statusCode, 200);
    assert.equal(listener.response.headers["content-type"], "text/event-stream");
    assert.equal(listener.response.headers["cache-control"], "no-store");
    assert.equal(await listener.next(), "retry: 2000");
    record("b");
    assert.equal(await listener.hears(1), "b");
    record("c", "d", "e");
    assert.equal(await listener.hears(3), "cde");
  });
  test("first tells what was missed since the last event, then goes on", async (t) => {
    const { listen, record } = openRig(t);
    const [, second] = record("a", "b", "c", "d");
    const listener = await listen("", { "last-event-id": String(second?.id) });
    assert.equal(await listener.hears(2), "cd");
    record("e");
    assert.equal(await listener.hears(1), "e");
  });
  test("prefers the last event to `since`, as a browser sends both", async (t) => {
    const { listen, record } = openRig(t);
    const [first, second] = record("a", "b", "c");
    const listener = await listen(`?since=${first?.id}`, { "last-event-id": String(second?.id) });
    assert.equal(await listener.hears(1), "c");
  });
  test("may begin at a moment", async (t) => {
    const { listen, record, pass } = openRig(t);
    record("a");
    pass(1_000);
    record("b");
    const listener = await listen(`?since=${START_MS + 1_000}`);
    record("c");
    assert.equal(await listener.hears(2), "bc");
  });
  test("tells all it knows to who comes from another history", async (t) => {
    const { listen, record } = openRig(t);
    record("a", "b");
    const listener = await listen("", { "last-event-id": "99999999999" });
    assert.equal(await listener.hears(2), "ab");
  });
  test("tells thousands that were missed, each once and in order", async (t) => {
    const { listen, record } = openRig(t, { policy: { maxEvents: 10_000 } });
    const letters = Array.from({ length: 5_000 }, (_, index) => String(index % 10));
    record(...letters);
    const listener = await listen("?since=0");
    assert.equal(await listener.hears(5_000), letters.join(""));
    record("x");
    assert.equal(await listener.hears(1), "x");
  });
  test("shows that it is alive", async (t) => {
    const { listen, record, routes } = openRig(t);
    const listener = await listen();
    assert.equal(await listener.next(), "retry: 2000");
    routes.tick(15_000);
    assert.equal(await listener.next(), ": alive");
    routes.tick(29_999);
    record("a");
    assert.match((await listener.next()) ?? "", /^id: /, "no heartbeat was due");
    routes.tick(30_000);
    assert.equal(await listener.next(), ": alive");
  });
  test("is refused to one listener too many, until another has left", async (t) => {
    const { listen, app, routes } = openRig(t);
    const first = await listen();
    await listen();
    const refused = await app.inject({
      url: "/v1/events",
      headers: { accept: "text/event-stream" },
    });
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.json<ProblemDetails>().code, "STEER_TOO_MANY_LISTENERS");
    assert.equal(refused.headers["retry-after"], "5");
    assert.equal((await app.inject("/v1/events")).statusCode, 200, "a list is still given");
    first.response.destroy();
    while (routes.listeners() === 2) await new Promise(setImmediate);
    assert.equal((await listen()).response.statusCode, 200);
  });
  test("ends when the service closes, whoever listens", async (t) => {
    const { listen, app, routes } = openRig(t);
    const listener = await listen();
    await listener.next();
    await Promise.all([app.close(), listener.hears(1).then((heard) => assert.equal(heard, "."))]);
    assert.equal(routes.listeners(), 0);
  });
  test("is not opened by a HEAD", async (t) => {
    const { app, routes } = openRig(t);
    const headers = { accept: "text/event-stream" };
    const response = await app.inject({ method: "HEAD", url: "/v1/events", headers });
    assert.equal(response.statusCode, 200);
    assert.equal(routes.listeners(), 0);
  });
  for (const [query, header] of [
    ["?until=2026-11-03", ""],
    ["?since=never", ""],
    ["", "never"],
  ] as const) {
    test(`is refused for ${query || `Last-Event-ID: ${header}`}`, async (t) => {
      const { app } = openRig(t);
      const headers = { accept: "text/event-stream", "last-event-id": header };
      const response = await app.inject({ url: `/v1/events${query}`, headers });
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<ProblemDetails>().code, "STEER_BAD_MOMENT");
    });
  }
});
