import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { get, newTalk, ok, post } from "./conversation.rig.ts";

describe("without a fault", () => {
  test("a head passes piece by piece, before it is complete", () => {
    const talk = newTalk();
    talk.clientSays("GET /a HT");
    assert.equal(talk.heard.upstream, "GET /a HT");
  });
  test("what is no HTTP passes, in both directions", () => {
    const talk = newTalk();
    talk.clientSays("EHLO\r\n\r\nMAIL\r\n\r\n");
    talk.upstreamSays("250 fine");
    talk.clientSays("QUIT");
    assert.deepEqual(talk.heard, {
      upstream: "EHLO\r\n\r\nMAIL\r\n\r\nQUIT",
      client: "250 fine",
    });
  });
  test("what follows a CONNECT passes", () => {
    const talk = newTalk();
    talk.clientSays("CONNECT a:1 HTTP/1.1\r\n\r\n\u0001\u0002");
    talk.upstreamSays("HTTP/1.1 200 OK\r\n\r\n\u0003\u0004");
    assert.ok(talk.heard.upstream.endsWith("\u0001\u0002"));
    assert.ok(talk.heard.client.endsWith("\u0003\u0004"));
  });
});

describe("while a fault runs", () => {
  test("a head waits until it is complete", () => {
    const talk = newTalk();
    talk.begin("truncate");
    talk.clientSays("GET /a HT");
    assert.equal(talk.heard.upstream, "");
    talk.clientSays("TP/1.1\r\n\r\n");
    assert.equal(talk.heard.upstream, "GET /a HTTP/1.1\r\n\r\n");
  });
  test("and also if the fault ends meanwhile", () => {
    const talk = newTalk();
    talk.begin("blackhole");
    talk.clientSays("GET /a HT");
    talk.heal();
    talk.clientSays("TP/1.1\r\n\r\n");
    assert.equal(talk.heard.upstream, "GET /a HTTP/1.1\r\n\r\n");
    assert.equal(talk.stopped(), undefined);
  });
  test("requests to other paths pass", () => {
    const talk = newTalk();
    talk.begin("blackhole", ["/a"]);
    talk.clientSays(get("/b"));
    assert.equal(talk.heard.upstream, get("/b"));
  });
  test("what is no HTTP passes, but a blackhole", () => {
    for (const [fault, stopped] of [
      ["truncate", undefined],
      ["status-503", undefined],
      ["blackhole", "silence"],
    ] as const) {
      const talk = newTalk();
      talk.begin(fault);
      talk.clientSays("EHLO\r\n\r\n");
      assert.equal(talk.stopped(), stopped);
      assert.equal(talk.heard.client, "");
    }
  });
});

describe("blackhole", () => {
  test("keeps a request, and all that follows, from the upstream", () => {
    const talk = newTalk();
    talk.begin("blackhole");
    talk.clientSays(get("/a") + get("/b"), 5);
    assert.deepEqual(talk.heard, { upstream: "", client: "" });
    assert.equal(talk.stopped(), "silence");
  });
  test("lets what was asked before be answered first", () => {
    const talk = newTalk();
    talk.begin("blackhole", ["/b"]);
    talk.clientSays(get("/a") + get("/b") + get("/c"));
    assert.equal(talk.stopped(), undefined);
    talk.upstreamSays(ok("a"));
    assert.deepEqual(talk.heard, { upstream: get("/a"), client: ok("a") });
    assert.equal(talk.stopped(), "silence");
  });
  test("what it kept back stays lost when it is over", () => {
    const talk = newTalk();
    talk.begin("blackhole", ["/b"]);
    talk.clientSays(get("/a") + get("/b"));
    talk.heal();
    talk.upstreamSays(ok("a"));
    assert.equal(talk.stopped(), "silence");
  });
});

describe("stale-playlist", () => {
  const frozen = { fields: [], body: new Uint8Array() };

  test("answers with what it has kept; the upstream hears only the rest", () => {
    const talk = newTalk();
    talk.begin("stale-playlist");
    talk.freeze(frozen);
    const head = "HEAD /a.m3u8 HTTP/1.1\r\n\r\n";
    talk.clientSays(get("/a.m3u8?x=1") + get("/a.m4s") + head + get("/b.m4s"));
    talk.upstreamSays(ok("a") + ok("b"));
    assert.deepEqual(talk.heard, {
      upstream: get("/a.m4s") + get("/b.m4s"),
      client: `<frozen>${ok("a")}<frozen>${ok("b")}`,
    });
  });
  test("leaves what was asked before it had anything to its upstream", () => {
    const talk = newTalk();
    talk.begin("stale-playlist");
    talk.clientSays(get("/a.m3u8"));
    talk.freeze(frozen);
    talk.upstreamSays(ok("a"));
    assert.deepEqual([talk.heard.client, talk.stopped()], [ok("a"), undefined]);
  });
});

describe("status-503", () => {
  test("answers at once, and keeps the request with its body from the upstream", () => {
    const talk = newTalk();
    talk.begin("status-503");
    talk.clientSays(post("/a", "hello") + post("/b", "again"), 7);
    assert.deepEqual(talk.heard, { upstream: "", client: "<503><503>" });
  });
  test("the connection stays usable", () => {
    const talk = newTalk();
    talk.begin("status-503");
    talk.clientSays(post("/a", "hello"));
    talk.heal();
    talk.clientSays(get("/b"));
    talk.upstreamSays(ok("b"));
    assert.deepEqual(talk.heard, { upstream: get("/b"), client: `<503>${ok("b")}` });
  });
  test("keeps the rest of a body although it is over", () => {
    const talk = newTalk();
    talk.begin("status-503");
    talk.clientSays(post("/a", "hello").slice(0, -2));
    talk.heal();
    talk.clientSays(`lo${get("/b")}`);
    assert.deepEqual(talk.heard, { upstream: get("/b"), client: "<503>" });
  });
  test("answers in order", () => {
    const talk = newTalk();
    talk.begin("status-503", ["/b"]);
    talk.clientSays(get("/a") + get("/b") + get("/c"));
    assert.deepEqual(talk.heard, { upstream: get("/a") + get("/c"), client: "" });
    talk.upstreamSays(ok("a") + ok("c"));
    assert.equal(talk.heard.client, `${ok("a")}<503>${ok("c")}`);
  });
  for (const [what, request] of [
    ["HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n"],
    ["that says so", "GET /a HTTP/1.1\r\nConnection: Close\r\n\r\n"],
    [
      "that waits for leave",
      "PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    ],
  ] as const) {
    test(`ends the connection after a request ${what}`, () => {
      const talk = newTalk();
      talk.begin("status-503");
      talk.clientSays(request + get("/b"));
      assert.deepEqual([talk.heard, talk.stopped()], [{ upstream: "", client: "<503>" }, "end"]);
    });
  }
  test("answers for a request that had begun to pass, and ends the connection", () => {
    const talk = newTalk();
    talk.clientSays(get("/a").slice(0, 5));
    talk.begin("status-503");
    talk.clientSays(get("/a").slice(5));
    assert.deepEqual(talk.heard, { upstream: get("/a"), client: "<503>" });
    assert.equal(talk.stopped(), "end");
  });
  test("keeps the rest of a body that cannot be read", () => {
    const talk = newTalk();
    talk.begin("status-503");
    talk.clientSays("PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\nmore");
    assert.deepEqual(talk.heard, { upstream: "", client: "<503>" });
  });
});
