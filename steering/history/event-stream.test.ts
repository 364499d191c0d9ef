import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { EventStream } from "./event-stream.ts";
import { happening, openHistoryRig } from "./history.rig.ts";

const turn = () => new Promise(setImmediate);

describe("a listener that takes nothing", () => {
  test("costs no more memory, however much happens", async (t) => {
    const { history } = openHistoryRig(t);
    const stream = new EventStream({ history, since: undefined, reconnectMs: 1 });
    for (let count = 0; count < 5_000; count += 1) {
      history.record(happening("something ".repeat(10)));
      if (count % 100 === 0) await turn();
    }
    assert.ok(stream.readableLength < 64 * 1024, `${stream.readableLength} bytes`);
    stream.destroy();
  });
  test("is ended at the second heartbeat", async (t) => {
    const { history } = openHistoryRig(t);
    const stream = new EventStream({ history, since: undefined, reconnectMs: 1 });
    for (let count = 0; count < 500; count += 1) {
      history.record(happening("something ".repeat(10)));
      await turn();
    }
    stream.heartbeat();
    assert.equal(stream.destroyed, false);
    stream.heartbeat();
    assert.equal(stream.destroyed, true);
  });
});

test("a listener that falls behind gets all of it, once it takes again", async (t) => {
  const { history } = openHistoryRig(t);
  const stream = new EventStream({ history, since: undefined, reconnectMs: 1 });
  const reasons = Array.from({ length: 900 }, (_, index) => `<${index}>`);
  for (const reason of reasons) {
    history.record(happening(reason));
    if (reason.endsWith("00>")) await turn();
  }
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  while (!text.includes("<899>")) await once(stream, "data");
  assert.deepEqual(text.match(/<\d+>/g), reasons);
  stream.destroy();
});
