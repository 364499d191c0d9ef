import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { get, newTalk, ok } from "./conversation.rig.ts";
import { NEW_CONVERSATION, redrawFaults } from "./conversation.ts";

describe("a conversation", () => {
  test("remembers which requests wait for their responses", () => {
    const talk = newTalk();
    talk.clientSays(get("/a") + get("/b"));
    assert.deepEqual(
      talk.conversation().exchanges.map(({ target }) => target),
      ["/a", "/b"],
    );
    talk.upstreamSays(ok("a"));
    assert.deepEqual(
      talk.conversation().exchanges.map(({ target }) => target),
      ["/b"],
    );
  });
  test("begins with nothing under way, and a fault finds nothing to touch", () => {
    const unexpected = () => assert.fail("nothing to draw");
    assert.deepEqual(redrawFaults(NEW_CONVERSATION, unexpected), NEW_CONVERSATION);
  });
});

describe("a fault that replaces another", () => {
  test("is drawn anew for what is under way", () => {
    const talk = newTalk();
    const body = "0123456789";
    talk.begin("truncate");
    talk.clientSays(get("/a"));
    talk.upstreamSays(ok(body).slice(0, -8));
    talk.begin("trickle");
    assert.equal(talk.bytesPerSecond(), 8_000);
    talk.upstreamSays(ok(body).slice(-8));
    assert.deepEqual([talk.heard.client, talk.stopped()], [ok(body), undefined]);
  });
  test("does not bring back what the other one kept from the upstream", () => {
    const talk = newTalk();
    talk.begin("status-503", ["/b"]);
    talk.clientSays(get("/a") + get("/b"));
    talk.begin("trickle");
    talk.upstreamSays(ok("a"));
    assert.deepEqual(talk.heard, { upstream: get("/a"), client: `${ok("a")}<503>` });
  });
});
