import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FAULT_NAMES, type Fault } from "../contract/faults.ts";
import { get, newTalk, OK_CHUNKED, OK_UNTIL_CLOSE, ok } from "./conversation.rig.ts";

const CHUNKS = "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
const NOT_MODIFIED = "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n";

/** What the client hears of `response` under a fault, and how its connection stops. */
function underFault(fault: Fault["fault"], response: string, pieceBytes?: number) {
  const talk = newTalk();
  talk.begin(fault);
  talk.clientSays(get("/a"));
  talk.upstreamSays(response, pieceBytes);
  return [talk.heard.client, talk.stopped()];
}

for (const [fault, stopped] of [
  ["hang-mid", "silence"],
  ["truncate", "end"],
] as const) {
  describe(fault, () => {
    const cut = (response: string) => underFault(fault, response);
    const TEN = ok("0123456789");

    test("lets the head and half of the body pass", () =>
      assert.deepEqual(cut(TEN), [TEN.slice(0, -5), stopped]));
    test("lets the head pass of a body of one byte", () =>
      assert.deepEqual(cut(ok("x")), [ok("x").slice(0, -1), stopped]));
    test("lets pass what has no body", () => {
      assert.deepEqual(cut(ok("")), [ok(""), undefined]);
      assert.deepEqual(cut(NOT_MODIFIED), [NOT_MODIFIED, undefined]);
    });
    test("lets interim responses pass before", () => {
      const early = "HTTP/1.1 103 Early Hints\r\n\r\n";
      assert.deepEqual(cut(early + TEN), [early + TEN.slice(0, -5), stopped]);
    });
    test("cuts a chunked body after a number of bytes", () =>
      assert.deepEqual(cut(OK_CHUNKED + CHUNKS), [`${OK_CHUNKED}3\r\nabc\r\n4\r\nd`, stopped]));
    test("cuts a short chunked body before its last chunk", () =>
      assert.deepEqual(cut(`${OK_CHUNKED}3\r\nabc\r\n0\r\n\r\n`), [
        `${OK_CHUNKED}3\r\nabc`,
        stopped,
      ]));
    test("cuts a body until close after a number of bytes", () =>
      assert.deepEqual(cut(`${OK_UNTIL_CLOSE}abcdefg`), [`${OK_UNTIL_CLOSE}abcd`, stopped]));
    test("cuts a short body until close before the end of its connection", () => {
      const talk = newTalk();
      talk.begin(fault);
      talk.clientSays(get("/a"));
      talk.upstreamSays(`${OK_UNTIL_CLOSE}ab`);
      assert.equal(talk.upstreamEnds(), stopped);
    });
    test("stops at once a body that is past its half", () => {
      const talk = newTalk();
      talk.clientSays(get("/a"));
      talk.upstreamSays(TEN.slice(0, -2));
      talk.begin(fault);
      assert.equal(talk.stopped(), stopped);
    });
    test("stops at its half a body that is not there yet", () => {
      const talk = newTalk();
      talk.clientSays(get("/a"));
      talk.upstreamSays(TEN.slice(0, -8));
      talk.begin(fault);
      talk.upstreamSays(TEN.slice(-8));
      assert.deepEqual([talk.heard.client, talk.stopped()], [TEN.slice(0, -5), stopped]);
    });
    test("lets the whole body pass if it is healed before the half", () => {
      const talk = newTalk();
      talk.begin(fault);
      talk.clientSays(get("/a"));
      talk.upstreamSays(TEN.slice(0, -8));
      talk.heal();
      talk.upstreamSays(TEN.slice(-8));
      assert.deepEqual([talk.heard.client, talk.stopped()], [TEN, undefined]);
    });
    test("gives back the line before a chunk if it is healed there", () => {
      const talk = newTalk();
      talk.begin(fault);
      talk.clientSays(get("/a"));
      talk.upstreamSays(`${OK_CHUNKED}3\r\nabc\r\n0\r\n`);
      assert.equal(talk.heard.client, `${OK_CHUNKED}3\r\nabc`);
      talk.heal();
      talk.upstreamSays("\r\n");
      assert.equal(talk.heard.client, `${OK_CHUNKED}3\r\nabc\r\n0\r\n\r\n`);
    });
  });
}

describe("reset", () => {
  const afterFour = (response: string) => {
    const talk = newTalk();
    talk.begin({ fault: "reset", seconds: 1, bytes: 4 });
    talk.clientSays(get("/a"));
    talk.upstreamSays(response);
    return [talk.heard.client, talk.stopped()];
  };
  const TEN = ok("0123456789");

  for (const [what, response, heard] of [
    ["a body after its bytes", TEN, TEN.slice(0, -6)],
    ["a shorter one at its half", ok("abc"), ok("abc").slice(0, -2)],
    ["a chunked one", OK_CHUNKED + CHUNKS, `${OK_CHUNKED}3\r\nabc\r\n4\r\nd`],
    ["a short chunked one", `${OK_CHUNKED}1\r\na\r\n0\r\n\r\n`, `${OK_CHUNKED}1\r\na`],
    ["one until close", `${OK_UNTIL_CLOSE}abcdefg`, `${OK_UNTIL_CLOSE}abcd`],
  ] as const) {
    test(`breaks off ${what}`, () => assert.deepEqual(afterFour(response), [heard, "reset"]));
  }
  test("lets pass what has no body", () =>
    assert.deepEqual(afterFour(NOT_MODIFIED), [NOT_MODIFIED, undefined]));
  test("breaks off at once a body that is past its bytes", () => {
    const talk = newTalk();
    talk.clientSays(get("/a"));
    talk.upstreamSays(TEN.slice(0, -2));
    talk.begin({ fault: "reset", seconds: 1, bytes: 4 });
    assert.equal(talk.stopped(), "reset");
  });
});

describe("blackhole", () => {
  test("stops a response wherever it is", () => {
    for (const part of ["", "HTTP/1.1 2", ok("0123456789").slice(0, -2)]) {
      const talk = newTalk();
      talk.clientSays(get("/a"));
      talk.upstreamSays(part);
      talk.begin("blackhole");
      assert.equal(talk.stopped(), "silence");
      talk.upstreamSays("more");
      assert.equal(talk.heard.client, part);
    }
  });
  test("stops what is no HTTP", () => {
    const talk = newTalk();
    talk.clientSays("EHLO\r\n\r\n");
    talk.upstreamSays("250");
    talk.begin("blackhole");
    assert.equal(talk.stopped(), "silence");
  });
  test("leaves a connection alone on which nothing is under way", () => {
    const talk = newTalk();
    talk.clientSays(get("/a"));
    talk.upstreamSays(ok("a"));
    talk.begin("blackhole");
    assert.equal(talk.stopped(), undefined);
  });
});

describe("status-503", () => {
  test("answers in the place of a response that has not begun, and ends the connection", () => {
    const early = "HTTP/1.1 103 Early Hints\r\n\r\n";
    for (const part of ["", early]) {
      const talk = newTalk();
      talk.clientSays(get("/a") + get("/b"));
      talk.upstreamSays(part);
      talk.begin("status-503");
      assert.deepEqual([talk.heard.client, talk.stopped()], [`${part}<503>`, "end"]);
    }
  });
  test("cannot change a status that was sent", () => {
    for (const part of ["HTTP/1.1 2", ok("0123456789").slice(0, -2)]) {
      const talk = newTalk();
      talk.clientSays(get("/a"));
      talk.upstreamSays(part);
      talk.begin("status-503");
      talk.upstreamSays(ok("0123456789").slice(part.length));
      assert.equal(talk.heard.client, ok("0123456789"));
    }
  });
});

describe("trickle", () => {
  test("gives the pace of each response that it touches, and of no other", () => {
    const talk = newTalk();
    talk.begin("trickle", ["/a"]);
    talk.clientSays(get("/a") + get("/b"));
    assert.equal(talk.bytesPerSecond(), 8_000);
    talk.upstreamSays(ok("a"));
    assert.equal(talk.bytesPerSecond(), undefined);
  });
});

describe("brownout", () => {
  test("gives the pace of a body, and of no head", () => {
    const talk = newTalk();
    talk.begin("brownout");
    talk.clientSays(get("/a"));
    assert.equal(talk.bytesPerSecond(), undefined);
    talk.upstreamSays(ok("abc").slice(0, -3));
    assert.equal(talk.bytesPerSecond(), 25_000);
    talk.upstreamSays("abc");
    assert.equal(talk.bytesPerSecond(), undefined);
  });
});

describe("latency", () => {
  test("holds up the head of each response that it touches, and nothing after it", () => {
    const talk = newTalk();
    talk.begin("latency", ["/a"]);
    talk.clientSays(get("/a") + get("/b"));
    assert.equal(talk.hold(), "delay");
    talk.upstreamSays("HTTP/1.1 2");
    assert.equal(talk.hold(), "none");
    talk.upstreamSays(ok("abc").slice("HTTP/1.1 2".length));
    assert.equal(talk.hold(), "none");
  });
});

describe("stale-playlist", () => {
  test("lets the first answer pass, and says what is to be kept of it", () => {
    const talk = newTalk();
    talk.begin("stale-playlist");
    talk.clientSays(get("/a.m3u8"));
    assert.equal(talk.recording(), "start");
    talk.upstreamSays(ok("abc").slice(0, -2));
    assert.equal(talk.recording(), "rest");
    talk.upstreamSays("bc");
    assert.equal(talk.recording(), undefined);
    assert.equal(talk.heard.client, ok("abc"));
  });
  test("keeps the answer, and not what came before it", () => {
    const talk = newTalk();
    talk.begin("stale-playlist");
    talk.clientSays(get("/a.m3u8"));
    talk.upstreamSays("HTTP/1.1 103 Early Hints\r\n\r\n");
    assert.equal(talk.recording(), "start");
  });
  test("keeps no answer to anything else", () => {
    const talk = newTalk();
    talk.begin("stale-playlist");
    talk.clientSays(get("/a.m4s"));
    assert.equal(talk.recording(), undefined);
  });
});

describe("corrupt", () => {
  const corrupted = (response: string, path = "/a.m4s") => {
    const talk = newTalk();
    talk.begin("corrupt");
    talk.clientSays(get(path));
    talk.upstreamSays(response, 7);
    return talk.heard.client;
  };

  test("makes every byte of a segment another, and no fewer", () =>
    assert.equal(corrupted(ok("0123456789")), ok("##########")));
  test("leaves what stands between chunks", () =>
    assert.equal(
      corrupted(OK_CHUNKED + CHUNKS),
      OK_CHUNKED + CHUNKS.replace("abc", "###").replace("defg", "####"),
    ));
  test("spoils a body until close", () =>
    assert.equal(corrupted(`${OK_UNTIL_CLOSE}abc`), `${OK_UNTIL_CLOSE}###`));
  test("leaves a head without a body, and a playlist", () => {
    assert.equal(corrupted(NOT_MODIFIED), NOT_MODIFIED);
    assert.equal(corrupted(ok("abc"), "/a.m3u8"), ok("abc"));
  });
  test("begins and ends in the middle of a body", () => {
    const talk = newTalk();
    talk.clientSays(get("/a.m4s"));
    talk.upstreamSays(ok("0123456789").slice(0, -7));
    talk.begin("corrupt");
    talk.upstreamSays("345");
    talk.heal();
    talk.upstreamSays("6789");
    assert.equal(talk.heard.client, ok("012###6789"));
  });
});

describe("without a fault", () => {
  for (const [what, said, end] of [
    ["between two exchanges", ok("a"), "fin"],
    ["in a body of known length", ok("abc").slice(0, -1), "broken"],
    ["in a chunked body", `${OK_CHUNKED}3\r\nab`, "broken"],
    ["before a response", "", "broken"],
    ["after a body until close", `${OK_UNTIL_CLOSE}abc`, "fin"],
  ] as const) {
    test(`an end ${what} is ${end}`, () => {
      const talk = newTalk();
      talk.clientSays(get("/a"));
      talk.upstreamSays(said);
      assert.equal(talk.upstreamEnds(), end);
    });
  }
  test("an answer that nobody asked for passes, and all that follows", () => {
    const talk = newTalk();
    const timeout = "HTTP/1.1 408 Request Timeout\r\n\r\n";
    talk.upstreamSays(timeout);
    talk.clientSays("anything");
    assert.deepEqual(talk.heard, { upstream: "anything", client: timeout });
  });
  test("a response that cannot be read passes, and all that follows", () => {
    const talk = newTalk();
    talk.clientSays(get("/a") + get("/b"));
    talk.upstreamSays("ICY 200 OK\r\n\r\nmusic");
    talk.clientSays("anything");
    assert.equal(talk.heard.client, "ICY 200 OK\r\n\r\nmusic");
    assert.ok(talk.heard.upstream.endsWith("anything"));
  });
  test("what follows a change of protocol passes", () => {
    const talk = newTalk();
    talk.clientSays(get("/socket"));
    talk.upstreamSays("HTTP/1.1 101 Switching Protocols\r\n\r\n\u0081\u0001x");
    talk.clientSays("\u0081\u0001y");
    assert.ok(talk.heard.client.endsWith("\u0081\u0001x"));
    assert.ok(talk.heard.upstream.endsWith("\u0081\u0001y"));
  });
});

/** The upstream does not hear of what they touch. */
const NOT_ASKED: ReadonlySet<Fault["fault"]> = new Set([
  "blackhole",
  "status-503",
  "status-404",
  "html-200",
  "redirect-dead",
]);

test("whatever the pieces, every fault lets the same bytes pass", () => {
  const responses = [
    ok("0123456789"),
    ok(""),
    OK_CHUNKED + CHUNKS,
    `${OK_CHUNKED}1\r\na\r\n0\r\nT: u\r\n\r\n`,
    NOT_MODIFIED,
    `HTTP/1.1 100 X\r\n\r\n${ok("abc")}`,
  ];
  const faults = FAULT_NAMES;
  fc.assert(
    fc.property(
      fc.constantFrom(...faults),
      fc.array(fc.record({ response: fc.constantFrom(...responses), isTouched: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (fault, exchanges, clientPiece, upstreamPiece) => {
        const outcomes = [
          [1e6, 1e6],
          [clientPiece, upstreamPiece],
        ].map(([client, upstream]) => {
          const talk = newTalk();
          talk.begin(fault, ["/touched.m4s"]);
          for (const { isTouched } of exchanges) {
            talk.clientSays(get(isTouched ? "/touched.m4s" : "/spared.m4s"), client);
          }
          // Answers come for what was asked for.
          const asked = exchanges.filter(({ isTouched }) => !(isTouched && NOT_ASKED.has(fault)));
          talk.upstreamSays(asked.map(({ response }) => response).join(""), upstream);
          return [talk.heard, talk.stopped()];
        });
        assert.deepEqual(outcomes[1], outcomes[0]);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("without a fault every byte passes, whatever it is and whatever its pieces", () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(get("/a"), ok("abc"), OK_CHUNKED, CHUNKS, OK_UNTIL_CLOSE, "\r\n\r\n"),
        fc.string({ maxLength: 20, unit: "binary-ascii" }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 40 }), (client, upstream, pieceBytes) => {
      const talk = newTalk();
      talk.clientSays(client, pieceBytes);
      talk.upstreamSays(upstream, pieceBytes);
      talk.clientSays(upstream, pieceBytes);
      talk.upstreamSays(client, pieceBytes);
      assert.deepEqual(talk.heard, { upstream: client + upstream, client: upstream + client });
    }),
    { numRuns: 1_000 },
  );
});
