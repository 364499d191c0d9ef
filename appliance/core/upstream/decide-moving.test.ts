import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideMoving, type MovingRequest, mayMoveFrom, timesForgiven } from "./decide-moving.ts";

const REFUSED = { kind: "unreachable", reason: "ECONNREFUSED" } as const;
const NO_CONNECTION = { kind: "timeout", reason: "UND_ERR_CONNECT_TIMEOUT" } as const;
const SILENT = { kind: "timeout", reason: "UND_ERR_HEADERS_TIMEOUT" } as const;
const RESET = { kind: "broken", reason: "ECONNRESET" } as const;
const FULL = { kind: "busy", reason: "too many calls" } as const;
const OPEN = { kind: "breaker-open", reason: "open" } as const;
const LEFT = { kind: "aborted", reason: "no longer needed" } as const;

const get: MovingRequest = { method: "GET", hasBody: false };
const put: MovingRequest = { method: "PUT", hasBody: true };
const post: MovingRequest = { method: "POST", hasBody: false };

describe("decideMoving()", () => {
  for (const [request, setback, expected] of [
    [get, REFUSED, "move safe"],
    [get, NO_CONNECTION, "move safe"],
    [get, SILENT, "move safe"],
    [get, RESET, "move safe"],
    [get, FULL, "move never-sent"],
    [get, OPEN, "move never-sent"],
    [get, LEFT, "stay no-longer-wanted"],
    [{ method: "HEAD", hasBody: false }, SILENT, "move safe"],
    [{ method: "GET", hasBody: true }, SILENT, "stay may-have-arrived"],
    [put, REFUSED, "move never-sent"],
    [put, NO_CONNECTION, "move never-sent"],
    [put, SILENT, "stay may-have-arrived"],
    [put, RESET, "stay may-have-arrived"],
    [put, OPEN, "move never-sent"],
    [{ method: "DELETE", hasBody: false }, REFUSED, "move never-sent"],
    [post, REFUSED, "stay not-idempotent"],
    [post, RESET, "stay not-idempotent"],
    [post, FULL, "move never-sent"],
    [{ method: "PATCH", hasBody: true }, NO_CONNECTION, "stay not-idempotent"],
  ] as const) {
    const { method, hasBody } = request;
    const name = `${method}${hasBody ? " with a body" : ""}, ${setback.kind} ${setback.reason}`;
    test(`${name}: ${expected}`, () => {
      const { action, reason } = decideMoving(request, setback);
      assert.equal(`${action} ${reason}`, expected);
    });
  }
});

test("an answer moves only if a server is unavailable and the request is safe", () => {
  assert.ok(mayMoveFrom(503, get));
  assert.ok(!mayMoveFrom(500, get));
  assert.ok(!mayMoveFrom(503, post));
  assert.ok(!mayMoveFrom(503, put));
});

test("a break in the body is forgiven, one before the answer if the connection may have been old", () => {
  const closed = { kind: "broken", reason: "UND_ERR_SOCKET" } as const;
  assert.equal(timesForgiven(closed, true), 1);
  assert.equal(timesForgiven(closed, false), 0);
  assert.equal(timesForgiven(RESET, false), 1);
  assert.equal(timesForgiven({ kind: "broken", reason: "stale-connection" }, false), 3);
  assert.equal(timesForgiven(SILENT, true), 0);
});
