/** Over real sockets: what breaks there is noticed, and no request leads anywhere but to its server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { atEnd, bodyOf } from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { CheckingReceiver } from "./scripted-server.rig.ts";
import type { UpstreamReceiver, UpstreamRequest, Upstreams } from "./upstream.ts";
import { openUpstreams } from "./upstreams.ts";

const SIZE = 300_000;
const BODY = bodyOf("/a", SIZE);
const HEAD = { etag: '"v1"', "content-length": SIZE };
const QUICK = { ...policiesOf("demo").upstream, headersTimeoutMs: 100, bodyTimeoutMs: 100 };

type Server = { readonly url: string; readonly asked: string[]; close(): void };

async function startHttp(t: TestContext, listener: RequestListener): Promise<Server> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.range ?? "whole"}`);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  atEnd(t, close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

/** A server that answers each connection with what it is told to, byte for byte. */
async function startRaw(t: TestContext, answer: (socket: Socket, nth: number) => void) {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    connections += 1;
    const nth = connections;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => answer(socket, nth));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function open(t: TestContext, ...urls: string[]): Upstreams {
  const upstreams = openUpstreams({
    origins: urls.map((url) => new URL(url)),
    policy: QUICK,
    now: () => performance.now(),
    random: () => 0,
  });
  atEnd(t, () => upstreams.close());
  return upstreams;
}

type Listening = Pick<UpstreamReceiver, "onInterim"> & {
  readonly onHead?: () => void;
  readonly onBytes?: () => void;
};

function begin(
  upstreams: Upstreams,
  request: Partial<UpstreamRequest> = {},
  listening: Listening = {},
) {
  const receiver = new CheckingReceiver();
  const ended = Promise.withResolvers<CheckingReceiver>();
  const call = upstreams.call(
    { method: "GET", target: "/a", fields: {}, ...request },
    {
      onInterim: (status, fields) => listening.onInterim?.(status, fields),
      onHead: (status, fields) => {
        receiver.onHead(status, fields);
        listening.onHead?.();
      },
      onBytes: (bytes) => {
        receiver.onBytes(bytes);
        listening.onBytes?.();
      },
      onEnd: () => {
        receiver.onEnd();
        ended.resolve(receiver);
      },
      onFailure: (failure) => {
        receiver.onFailure(failure);
        ended.resolve(receiver);
      },
    },
  );
  return { call, receiver, ended: ended.promise };
}

const call = (upstreams: Upstreams, request: Partial<UpstreamRequest> = {}) =>
  begin(upstreams, request).ended;

/** Serves ranges of the body, and breaks the first answer off as it is told to. */
function breakingOnce(breakOff: (socket: Socket) => void): RequestListener {
  let answers = 0;
  return (request, response) => {
    answers += 1;
    const first = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (first === 0) response.writeHead(200, HEAD);
    else {
      const range = `bytes ${first}-${SIZE - 1}/${SIZE}`;
      response.writeHead(206, { etag: '"v1"', "content-range": range });
    }
    if (answers > 1) return response.end(BODY.subarray(first));
    return response.write(BODY.subarray(0, 100_000), () => {
      if (response.socket !== null) breakOff(response.socket);
    });
  };
}

describe("a body that breaks off goes on at the right byte", () => {
  for (const [how, breakOff] of [
    ["by a reset", (socket) => socket.resetAndDestroy()],
    ["by an early end", (socket) => socket.destroy()],
    ["by silence", () => undefined],
  ] as readonly (readonly [string, (socket: Socket) => void])[]) {
    test(how, async (t) => {
      const server = await startHttp(t, breakingOnce(breakOff));
      const upstreams = open(t, server.url);
      const { story, bytes } = await call(upstreams);
      assert.equal(story, `200 ${SIZE} bytes, complete`);
      assert.ok(bytes.equals(BODY));
      assert.equal(server.asked.length, 2);
      assert.match(server.asked[1] ?? "", /^GET \/a bytes=\d+-$/);
      assert.equal(upstreams.states()[0]?.resumes, 1);
    });
  }

  test("and where it cannot, its failure is told", async (t) => {
    const server = await startHttp(t, (_, response) => {
      response.writeHead(200, { "content-length": SIZE });
      response.write(BODY.subarray(0, 1_000), () => response.socket?.resetAndDestroy());
    });
    const { end } = await call(open(t, server.url));
    assert.ok(typeof end === "object" && end.kind === "broken");
  });

  test("a body without a length that is reset is never taken for a whole", async (t) => {
    const server = await startRaw(t, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf of it", () =>
        socket.resetAndDestroy(),
      );
    });
    const { end } = await call(open(t, server.url));
    assert.notEqual(end, "complete");
  });
});

describe("the next server is asked", () => {
  const well: RequestListener = (_, response) => response.writeHead(200, HEAD).end(BODY);

  test("where the first refuses connections", async (t) => {
    const dead = await startHttp(t, well);
    const next = await startHttp(t, well);
    dead.close();
    assert.equal((await call(open(t, dead.url, next.url))).story, `200 ${SIZE} bytes, complete`);
    assert.equal(next.asked.length, 1);
  });

  test("where the first is silent", async (t) => {
    const silent = await startHttp(t, () => undefined);
    const next = await startHttp(t, well);
    assert.equal((await call(open(t, silent.url, next.url))).story, `200 ${SIZE} bytes, complete`);
    assert.deepEqual([silent.asked.length, next.asked.length], [1, 1]);
  });

  test("where the first answers 503", async (t) => {
    const failing = await startHttp(t, (_, response) => response.writeHead(503).end("sorry"));
    const next = await startHttp(t, well);
    assert.equal((await call(open(t, failing.url, next.url))).status, 200);
  });

  test("for a PUT whose bytes cannot have been sent, and for no POST", async (t) => {
    const dead = await startHttp(t, well);
    dead.close();
    const received: string[] = [];
    const next = await startHttp(t, async (request, response) => {
      received.push(await text(request));
      response.writeHead(204).end();
    });
    const upstreams = open(t, dead.url, next.url);
    const body = Buffer.from("kept");
    assert.equal((await call(upstreams, { method: "PUT", body })).status, 204);
    const post = await call(upstreams, { method: "POST", body });
    assert.equal(post.story, "unreachable (ECONNREFUSED)");
    assert.deepEqual(received, ["kept"]);
  });
});

test("what announces an answer is told, but not again when its body is taken up again", async (t) => {
  const serve = breakingOnce((socket) => socket.destroy());
  const server = await startHttp(t, (request, response) => {
    response.writeEarlyHints({ link: "</next>; rel=preload" }, () => serve(request, response));
  });
  const told: string[] = [];
  const listening: Listening = {
    onInterim: (status, fields) => told.push(`${status} ${fields["link"]}`),
  };
  const { story } = await begin(open(t, server.url), {}, listening).ended;
  assert.equal(story, `200 ${SIZE} bytes, complete`);
  assert.deepEqual(told, ["103 </next>; rel=preload"]);
});

test("a call that is held from the start brings no byte before it may go on", async (t) => {
  const server = await startHttp(t, (_, response) => response.end("all of it"));
  const headCame = Promise.withResolvers<void>();
  const held = begin(open(t, server.url), {}, { onHead: headCame.resolve });
  held.call.hold();
  await headCame.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(held.receiver.bytes.length, 0);
  held.call.goOn();
  assert.equal((await held.ended).bytes.toString(), "all of it");
});

test("a call may be let go on while the bytes of another one are told", async (t) => {
  const server = await startHttp(t, (_, response) => response.writeHead(200, HEAD).end(BODY));
  const upstreams = open(t, server.url);
  const beginWith = (onFirstBytes: () => void) => {
    let isFirst = true;
    const onBytes = () => {
      if (isFirst) onFirstBytes();
      isFirst = false;
    };
    return begin(upstreams, {}, { onBytes });
  };
  const isHeld = Promise.withResolvers<void>();
  const held = beginWith(() => {
    held.call.hold();
    isHeld.resolve();
  });
  await isHeld.promise;
  const other = beginWith(() => held.call.goOn());
  for (const { story } of await Promise.all([other.ended, held.ended])) {
    assert.equal(story, `200 ${SIZE} bytes, complete`);
  }
});

test("a connection that was closed while it lay idle costs nobody an answer", async (t) => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
  const server = await startRaw(t, (socket) => {
    socket.write(answer);
    socket.once("data", () => socket.destroy());
  });
  const upstreams = open(t, server.url);
  assert.equal((await call(upstreams)).story, "200 2 bytes, complete");
  assert.equal((await call(upstreams)).story, "200 2 bytes, complete");
  assert.equal(upstreams.states()[0]?.failures.broken, 0);
});

for (const [what, beginning] of [
  ["a hint", "HTTP/1.1 103 Early Hints\r\n\r\n"],
  ["half a head", "HTTP/1.1 200 OK\r\ncontent-le"],
] as const) {
  test(`a server that breaks off after ${what} is not taken for one whose connection was old`, async (t) => {
    const server = await startRaw(t, (socket) => socket.end(beginning));
    const upstreams = open(t, server.url);
    for (let at = 0; at < 20; at += 1) await call(upstreams);
    assert.equal(upstreams.states()[0]?.breaker, "open");
    assert.equal(upstreams.states()[0]?.calls, 20);
  });
}

describe("connections that were all cut while they lay idle, which only the next request tells", () => {
  async function cutAll(t: TestContext, connections: number): Promise<Upstreams> {
    const asked: Socket[] = [];
    const server = await startRaw(t, (socket, nth) => {
      asked.push(socket);
      socket.once("data", () => socket.resetAndDestroy());
      // The first ones are answered together, so that each has a connection of its own.
      if (nth < connections) return;
      for (const each of asked.splice(0)) {
        each.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      }
    });
    const upstreams = open(t, server.url);
    await Promise.all(Array.from({ length: connections }, () => call(upstreams)));
    // A connection is idle only after its answer has been told.
    await new Promise((resolve) => setImmediate(resolve));
    return upstreams;
  }

  test("say nothing of their server", async (t) => {
    const upstreams = await cutAll(t, 6);
    await Promise.all(Array.from({ length: 6 }, () => call(upstreams)));
    assert.equal(upstreams.states()[0]?.breaker, "closed");
    assert.equal(upstreams.states()[0]?.failures.broken, 0);
  });

  test("cost nobody an answer, though one call meets several of them", async (t) => {
    const upstreams = await cutAll(t, 3);
    assert.equal((await call(upstreams)).story, "200 2 bytes, complete");
    const { calls = 0 } = upstreams.states()[0] ?? {};
    assert.ok(calls - 3 > 2, "it met two of them at least");
  });
});

describe("a request leads to its server alone", () => {
  for (const [base, target, asked] of [
    ["", "/a", "/a"],
    ["/", "/a?b=c", "/a?b=c"],
    ["/media", "/a", "/media/a"],
    ["/media/", "/a", "/media/a"],
    ["/media/v1", "//elsewhere.test/a", "/media/v1//elsewhere.test/a"],
    ["", "//elsewhere.test/a", "//elsewhere.test/a"],
    ["/media", "/http://elsewhere.test/a", "/media/http://elsewhere.test/a"],
    ["/media", "/@elsewhere.test", "/media/@elsewhere.test"],
  ] as const) {
    test(`${target} below "${base}" is ${asked}`, async (t) => {
      const server = await startHttp(t, (_, response) => response.end());
      await call(open(t, server.url + base), { target });
      assert.deepEqual(server.asked, [`GET ${asked} whole`]);
    });
  }

  test("no target is in absolute form", async (t) => {
    const server = await startHttp(t, (_, response) => response.end());
    const upstreams = open(t, server.url);
    for (const target of ["http://elsewhere.test/", "elsewhere.test:80", "*", ""]) {
      assert.throws(
        () => upstreams.call({ method: "GET", target, fields: {} }, new CheckingReceiver()),
        RangeError,
      );
    }
    assert.deepEqual(server.asked, []);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`a ${status} is passed on, not followed`, async (t) => {
      const elsewhere = await startHttp(t, (_, response) => response.end());
      const server = await startHttp(t, (_, response) =>
        response.writeHead(status, { location: `${elsewhere.url}/a` }).end(),
      );
      const { status: seen, fields } = await call(open(t, server.url));
      assert.equal(seen, status);
      assert.equal(fields["location"], `${elsewhere.url}/a`);
      assert.deepEqual(elsewhere.asked, []);
    });
  }
});
