/** What a client may ask of an appliance, and how long it may take over it, by real sockets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { atEnd, rawRequest, startRig, until, wholeBody } from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { PURGE_PATH } from "../contract/purge.ts";

const { listen } = policiesOf("demo");

describe("a request is refused that has", () => {
  const line = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: 1\r\n`);
  for (const [flaw, head, status, code] of [
    [
      "too many fields",
      `GET /a HTTP/1.1\r\nhost: x\r\n${line(listen.maxFields).join("")}`,
      431,
      "EDGE_TOO_MANY_FIELDS",
    ],
    [
      "too large a header",
      `GET /a HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(listen.maxHeaderBytes)}\r\n`,
      431,
      "HEADER_TOO_LARGE",
    ],
    ["too long a target", `GET /${"a".repeat(5_000)} HTTP/1.1\r\nhost: x\r\n`, 400, "BAD_PATH"],
    ["no host", "GET /a HTTP/1.1\r\n", 400, undefined],
    ["two hosts", "GET /a HTTP/1.1\r\nhost: x\r\nHost: x\r\n", 400, "EDGE_TWO_HOSTS"],
    [
      "two lengths",
      "GET /a HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n",
      400,
      "BAD_REQUEST",
    ],
    [
      "a length and chunks",
      "GET /a HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n",
      400,
      "BAD_REQUEST",
    ],
    [
      "a body too large for what it asks",
      `POST ${PURGE_PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer the-fleet-token\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n`,
      413,
      "BAD_REQUEST",
    ],
  ] as const) {
    test(flaw, async (t) => {
      const { origin, edge } = await startRig(t);
      const answer = await rawRequest(edge.port, head);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      // Without a host, Node itself answers, with no body.
      if (code !== undefined) assert.match(answer, new RegExp(`"code":"${code}"`));
      assert.deepEqual(origin.asked, []);
    });
  }
});

test("a client that takes a large answer a byte at a time is cut off, and others are not", async (t) => {
  const { origin, edge } = await startRig(t);
  origin.on("/large", wholeBody(20_000_000));
  await edge.get("/large");
  const slow = connect(edge.port, "127.0.0.1").pause();
  slow.on("error", () => undefined);
  atEnd(t, () => slow.destroy());
  slow.write("GET /large HTTP/1.1\r\nhost: x\r\n\r\n");
  await until(() => edge.appliance.status().report.activeRequests === 1);
  const { minBytesPerSecond, graceMs } = listen.slowReading;
  await until(() => {
    edge.pass(graceMs + (20_000_000 / minBytesPerSecond) * 1000 + 1);
    return edge.appliance.listening.counts().cutOff === 1;
  });
  assert.equal((await edge.get("/large")).status, 200);
  slow.resume();
  await once(slow, "close");
});
