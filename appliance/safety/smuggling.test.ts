/**
 * Request smuggling (RFC 9112 §11.2): the origin hears exactly the requests that the appliance has
 * understood, and none that was hidden in another.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startSafetyRig } from "./raw-exchange.rig.ts";

const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n";
const CHUNKED_HIDDEN = `0\r\n\r\n${HIDDEN}`;

const post = (fields: string, body: string) =>
  `POST /open HTTP/1.1\r\nHost: edge\r\n${fields}\r\n\r\n${body}`;

describe("a message whose end is disputed is refused, and the connection with it:", () => {
  for (const [name, bytes] of [
    [
      "a length and chunks",
      post("Content-Length: 6\r\nTransfer-Encoding: chunked", CHUNKED_HIDDEN),
    ],
    [
      "chunks and a length",
      post("Transfer-Encoding: chunked\r\nContent-Length: 6", CHUNKED_HIDDEN),
    ],
    ["two lengths", post("Content-Length: 0\r\nContent-Length: 52", HIDDEN)],
    ["a list of lengths", post("Content-Length: 0, 52", HIDDEN)],
    ["a length with a sign", post("Content-Length: +52", HIDDEN)],
    ["a negative length", post("Content-Length: -1", HIDDEN)],
    ["a length in hexadecimal", post("Content-Length: 0x34", HIDDEN)],
    ["a blank before the colon", post("Transfer-Encoding : chunked", CHUNKED_HIDDEN)],
    ["a coding that is none", post("Transfer-Encoding: xchunked", CHUNKED_HIDDEN)],
    ["chunks that are not the last coding", post("Transfer-Encoding: chunked, identity", HIDDEN)],
    ["a folded field", post("X: 1\r\n Transfer-Encoding: chunked", CHUNKED_HIDDEN)],
    ["a NUL in a field", post("X: a\0b\r\nContent-Length: 0", HIDDEN)],
    ["a bare CR in a field", post("X: a\rContent-Length: 0", HIDDEN)],
    ["a chunk of no size", post("Transfer-Encoding: chunked", `z\r\n\r\n${HIDDEN}`)],
    ["an immense chunk", post("Transfer-Encoding: chunked", `ffffffffffffffffff\r\n${HIDDEN}`)],
    ["a name that is none", `GET / HTTP/1.1\r\nHost: edge\r\n(a): b\r\n\r\n${HIDDEN}`],
    ["no host", `GET / HTTP/1.1\r\nAccept: */*\r\n\r\n${HIDDEN}`],
    ["a version that is none", `GET / HTTP/9.9\r\nHost: edge\r\n\r\n${HIDDEN}`],
    ["no request at all", `\x16\x03\x01\x02\0\r\n\r\n${HIDDEN}`],
  ] as const) {
    test(name, async (t) => {
      const { send, recorded } = await startSafetyRig(t);
      const statuses = await send(bytes);
      assert.equal(statuses.length, 1);
      assert.ok((statuses[0] ?? 0) >= 400, `answered ${statuses[0]}`);
      assert.deepEqual(
        recorded.map(({ line }) => line),
        [],
      );
    });
  }
});

describe("what has one meaning only is understood so by both:", () => {
  for (const [name, bytes, lines] of [
    [
      "a request in a body is a body",
      post("Connection: close\r\nContent-Length: 52", HIDDEN),
      ["POST /open"],
    ],
    [
      "a request behind a body is a request",
      post("Content-Length: 2", `ab${HIDDEN}`),
      ["POST /open", "GET /hidden"],
    ],
    [
      "chunks end where they say",
      post("Transfer-Encoding: chunked", `2\r\nab\r\n${CHUNKED_HIDDEN}`),
      ["POST /open", "GET /hidden"],
    ],
    [
      "requests in a row are answered in their order",
      `GET /first HTTP/1.1\r\nHost: e\r\n\r\n${HIDDEN}`,
      ["GET /first", "GET /hidden"],
    ],
    [
      "the body of a GET is not the origin's business",
      `GET /fat HTTP/1.1\r\nHost: e\r\nConnection: close\r\nContent-Length: 52\r\n\r\n${HIDDEN}`,
      ["GET /fat"],
    ],
  ] as const) {
    test(name, async (t) => {
      const { send, recorded } = await startSafetyRig(t);
      assert.deepEqual(
        await send(bytes),
        lines.map(() => 200),
      );
      // Questions to the origin go over several connections, in whatever order.
      assert.deepEqual(recorded.map(({ line }) => line).sort(), [...lines].sort());
      for (const { line, body } of recorded) {
        if (line.startsWith("GET")) assert.equal(body, "");
      }
    });
  }
});

test("a request with two hosts is nobody's", async (t) => {
  const { send, recorded } = await startSafetyRig(t);
  const fields = "Host: a\r\nHost: b\r\nConnection: close";
  assert.deepEqual(await send(`GET / HTTP/1.1\r\n${fields}\r\n\r\n`), [400]);
  assert.deepEqual(recorded, []);
});

test("fields that Connection names end here, and framing does not depend on them", async (t) => {
  const { send, recorded } = await startSafetyRig(t);
  const fields = "Connection: close, X-Secret, Host, Cache-Control\r\nX-Secret: 1\r\nX-Open: 1";
  assert.deepEqual(await send(`GET /a HTTP/1.1\r\nHost: edge\r\n${fields}\r\n\r\n`), [200]);
  const names = recorded[0]?.rawHeaders.filter((_, at) => at % 2 === 0).map((n) => n.toLowerCase());
  assert.ok(names?.includes("x-open"));
  assert.ok(names?.includes("host"));
  assert.ok(!names?.includes("x-secret"));
});
