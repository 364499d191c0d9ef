/**
 * An origin that answers with what it should not: the client gets the right bytes or a clean failure,
 * nothing wrong is kept, and the next question is answered as if nothing had been.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exchangeRaw, startBeforeRawOrigin } from "./raw-exchange.rig.ts";

const GOOD = "HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\ncontent-length: 4\r\n\r\ngood";
const HEAD = "HTTP/1.1 200 OK\r\ncache-control: max-age=60\r\n";
const SPLIT = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";

describe("an answer that is not HTTP is a failure of the origin:", () => {
  for (const [name, bytes] of [
    [
      "a length and chunks",
      `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["two lengths", `${HEAD}content-length: 4\r\ncontent-length: 5\r\n\r\nevil!`],
    ["a negative length", `${HEAD}content-length: -4\r\n\r\nevil`],
    ["a length beyond all measure", `${HEAD}content-length: 99999999999999999999\r\n\r\nevil`],
    ["a body that is too short", `${HEAD}content-length: 9\r\n\r\nevil`],
    ["a chunk of no size", `${HEAD}transfer-encoding: chunked\r\n\r\nz\r\nevil\r\n0\r\n\r\n`],
    ["chunks that never end", `${HEAD}transfer-encoding: chunked\r\n\r\n4\r\nevil\r\n`],
    ["a NUL in a field", `${HEAD}x: a\0b\r\ncontent-length: 4\r\n\r\nevil`],
    ["a bare CR in a field", `${HEAD}x: a\rb\r\ncontent-length: 4\r\n\r\nevil`],
    ["a name that is none", `${HEAD}a b: c\r\ncontent-length: 4\r\n\r\nevil`],
    ["an immense head", `${HEAD}x: ${"a".repeat(70_000)}\r\ncontent-length: 4\r\n\r\nevil`],
    [
      "a change of protocols",
      "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
    ["a status that is none", "HTTP/1.1 99 Odd\r\ncontent-length: 4\r\n\r\nevil"],
    ["noise", "\x16\x03\x01\x02\0\r\n\r\n"],
  ] as const) {
    test(name, async (t) => {
      let isBad = true;
      const edge = await startBeforeRawOrigin(t, (_, socket) => {
        if (isBad) socket.end(Buffer.from(bytes, "latin1"));
        else socket.end(GOOD);
      });
      const answer = await exchangeRaw(
        edge.port,
        "GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n",
      );
      const isCleanFailure = /^HTTP\/1\.1 50\d /.test(answer);
      const length = Number(/content-length: (\d+)/.exec(answer)?.[1]);
      const isCutOff = !answer.endsWith("0\r\n\r\n") && !(bodyOf(answer).length === length);
      assert.ok(isCleanFailure || isCutOff, answer);
      isBad = false;
      edge.pass(5_000);
      assert.equal((await edge.get("/a")).bytes.toString(), "good");
    });
  }
});

test("what an origin sends behind an answer is not the next answer", async (t) => {
  const edge = await startBeforeRawOrigin(t, (target, socket) => {
    socket.write(target === "/a" ? `${GOOD}${SPLIT}` : GOOD);
  });
  assert.equal((await edge.get("/a")).bytes.toString(), "good");
  assert.equal((await edge.get("/b")).bytes.toString(), "good");
  assert.equal((await edge.get("/a")).bytes.toString(), "good");
});

test("hints without number are let pass without being kept", async (t) => {
  const edge = await startBeforeRawOrigin(t, (_, socket) => {
    socket.write("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(1_000));
    socket.write(GOOD);
  });
  assert.equal((await edge.get("/a")).bytes.toString(), "good");
});

test("a field of the origin cannot forge a second answer to the client", async (t) => {
  const edge = await startBeforeRawOrigin(t, (_, socket) => {
    socket.write(`${HEAD}x: a%0d%0aset-cookie: evil\r\ncontent-length: 4\r\n\r\ngood`);
  });
  const answer = await exchangeRaw(
    edge.port,
    "GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n",
  );
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
  assert.doesNotMatch(answer, /^set-cookie/m);
});

test("a part that is another one than was asked for is not taken for it", async (t) => {
  const edge = await startBeforeRawOrigin(t, (_, socket) => {
    socket.write(
      'HTTP/1.1 206 Partial Content\r\ncache-control: max-age=60\r\netag: "1"\r\ncontent-range: bytes 0-3/100\r\ncontent-length: 4\r\n\r\nevil',
    );
  });
  await exchangeRaw(
    edge.port,
    "GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nRange: bytes=50-53\r\n\r\n",
  );
  const again = await exchangeRaw(
    edge.port,
    "GET /a HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nRange: bytes=50-53\r\n\r\n",
  );
  assert.doesNotMatch(again, /content-range: bytes 50-53/);
});

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}
