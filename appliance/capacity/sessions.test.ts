import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { Sessions } from "./sessions.ts";

const POLICY = { rememberedMs: 1_000, maxSessions: 3, maxPlaces: 2 };

function newSessions() {
  let nowMs = 1;
  return {
    sessions: new Sessions({ policy: POLICY, now: () => nowMs }),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** A connection, as far as it matters here: an address, and an end. */
function connectionOf(remoteAddress: string): Socket {
  return Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
}

const asks = (socket: Socket, url = "/a", agent = "player") => ({
  socket,
  url,
  headers: { "user-agent": agent },
});
const named = (name: string) => `/a?CMCD=sid%3D%22${name}%22`;

test("a connection that was served is running, and another one is not", () => {
  const { sessions } = newSessions();
  const [one, other] = [connectionOf("::1"), connectionOf("::1")];
  sessions.admit(asks(one));
  assert.ok(sessions.isRunning(asks(one)));
  assert.ok(!sessions.isRunning(asks(other)));
});

test("a connection that ends leaves its place to one more of the same client", () => {
  const { sessions } = newSessions();
  const [gone, next, third] = [connectionOf("::1"), connectionOf("::1"), connectionOf("::1")];
  sessions.admit(asks(gone));
  gone.emit("close");
  assert.ok(!sessions.isRunning(asks(connectionOf("::2"))));
  assert.ok(!sessions.isRunning(asks(next, "/a", "another player")));
  assert.ok(sessions.isRunning(asks(next)));
  sessions.admit(asks(next));
  assert.ok(!sessions.isRunning(asks(third)));
});

test("a place that nobody takes is given up", () => {
  const { sessions, pass } = newSessions();
  const gone = connectionOf("::1");
  sessions.admit(asks(gone));
  gone.emit("close");
  pass(999);
  assert.ok(sessions.isRunning(asks(connectionOf("::1"))));
  pass(1);
  assert.ok(!sessions.isRunning(asks(connectionOf("::1"))));
});

test("a client leaves only so many places", () => {
  const { sessions } = newSessions();
  const connections = Array.from({ length: 5 }, () => connectionOf("::1"));
  for (const connection of connections) sessions.admit(asks(connection));
  for (const connection of connections) connection.emit("close");
  const back = Array.from({ length: 3 }, () => asks(connectionOf("::1")));
  const running = back.map((request) => {
    const isRunning = sessions.isRunning(request);
    sessions.admit(request);
    return isRunning;
  });
  assert.deepEqual(running, [true, true, false]);
});

test("a session that has a name is known by it on every connection", () => {
  const { sessions, pass } = newSessions();
  sessions.admit(asks(connectionOf("::1"), named("s-1")));
  assert.ok(sessions.isRunning(asks(connectionOf("::2"), named("s-1"))));
  assert.ok(!sessions.isRunning(asks(connectionOf("::1"), named("s-2"))));
  pass(1_001);
  assert.ok(!sessions.isRunning(asks(connectionOf("::2"), named("s-1"))));
});

test("of too many names, the one not heard of for longest is forgotten", () => {
  const { sessions } = newSessions();
  for (const name of ["s-1", "s-2", "s-3", "s-4"]) {
    sessions.admit(asks(connectionOf("::1"), named(name)));
  }
  assert.ok(!sessions.isRunning(asks(connectionOf("::1"), named("s-1"))));
  assert.ok(sessions.isRunning(asks(connectionOf("::1"), named("s-2"))));
});
