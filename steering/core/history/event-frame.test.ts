import assert from "node:assert/strict";
import { test } from "node:test";
import type { FleetEvent } from "../../contract/fleet-event.ts";
import { eventFrame, HEARTBEAT_FRAME, openingFrame } from "./event-frame.ts";

const EVENT: FleetEvent = {
  id: 7,
  at: "2026-11-03T08:09:10.000Z",
  kind: "state",
  subject: "east-1",
  from: "up",
  to: "down",
  reason: "first line\nid: 9\n\ndata: forged\r\u2028",
};

test("an event is one frame, whatever stands in it", () => {
  const [id, data, ...rest] = eventFrame(EVENT).split("\n");
  assert.equal(id, "id: 7");
  assert.deepEqual(JSON.parse(data?.replace(/^data: /, "") ?? ""), EVENT);
  assert.deepEqual(rest, ["", ""]);
  assert.doesNotMatch(eventFrame(EVENT), /\r/);
});
test("the first frame says when to come back", () => {
  assert.equal(openingFrame(2_000), "retry: 2000\n\n");
});
test("a heartbeat is a comment", () => assert.match(HEARTBEAT_FRAME, /^:.*\n\n$/));
