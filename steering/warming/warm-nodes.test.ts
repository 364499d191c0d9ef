import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Agent } from "undici";
import type { FillJobReport } from "../../appliance/contract/title-fill.ts";
import { openNodeWarmer, type WarmingOutcome } from "./warm-nodes.ts";

const POLICY = { limitMs: 5_000, pollEveryMs: 200, timeoutMs: 2_000 };

function report(id: string, state: FillJobReport["state"]): FillJobReport {
  const objects = { known: 3, filled: 3, alreadyStored: 0, failed: 0, skipped: 0, beyondLimit: 0 };
  return { id, state, waitingFor: "nothing", objects, bytes: { filled: 300 }, failures: [] };
}

/** A node whose fill jobs are done when they are asked about for the second time. */
async function openRig(t: TestContext, { token = "secret", status = 202 } = {}) {
  const requests: string[] = [];
  const asked = new Map<string, number>();
  const server = createServer(async (message, response) => {
    let text = "";
    for await (const piece of message.setEncoding("utf8")) text += piece;
    requests.push(`${message.method} ${message.url} ${text}`.trim());
    if (message.headers.authorization !== "Bearer secret") return response.writeHead(401).end();
    if (message.method === "POST") {
      const body = JSON.stringify(report(`job-${requests.length}`, "running"));
      return response.writeHead(status).end(body);
    }
    const id = message.url?.split("/").at(-1) ?? "";
    asked.set(id, (asked.get(id) ?? 0) + 1);
    return response.end(JSON.stringify(report(id, asked.get(id) === 2 ? "done" : "running")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const dispatcher = new Agent();
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
    server.closeAllConnections();
  });
  const ends: (WarmingOutcome & { id: string })[] = [];
  const warmer = openNodeWarmer({
    dispatcher,
    token: token === "" ? undefined : token,
    policy: POLICY,
    onEnd: (id, outcome) => ends.push({ id, ...outcome }),
  });
  const target = { id: "a", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  let nowMs = 1;
  const pass = (ms: number) => {
    nowMs += ms;
    return warmer.tick(nowMs);
  };
  return { warmer, target, requests, ends, pass, now: () => nowMs };
}

describe("warming a node", () => {
  test("fills one title after the other, the most wanted first, and then says what came", async (t) => {
    const { warmer, target, requests, ends, pass, now } = await openRig(t);
    warmer.begin(target, ["/vod/a.m3u8", "/vod/b.m3u8"], now());
    for (let poll = 0; poll < 6; poll += 1) await pass(200);
    assert.deepEqual(
      requests.filter((line) => line.startsWith("POST")),
      [
        'POST /_appliance/fill {"path":"/vod/a.m3u8"}',
        'POST /_appliance/fill {"path":"/vod/b.m3u8"}',
      ],
    );
    assert.deepEqual(ends, [
      { id: "a", outcome: "warm", reason: "filled", titles: 2, filledObjects: 6, filledBytes: 600 },
    ]);
    assert.equal(warmer.isWarming("a"), false);
  });
  test("ends at its time limit whatever has been filled", async (t) => {
    const { warmer, target, ends, pass, now } = await openRig(t);
    warmer.begin(target, ["/vod/a.m3u8"], now());
    await pass(200);
    assert.equal(ends.length, 0);
    await pass(4_800);
    assert.equal(ends[0]?.outcome, "overdue");
  });
  test("with nothing wanted is over at once, and asks nobody", async (t) => {
    const { warmer, target, requests, ends, pass, now } = await openRig(t);
    warmer.begin(target, [], now());
    await pass(200);
    assert.equal(ends[0]?.reason, "nothing-wanted");
    assert.deepEqual(requests, []);
  });
  for (const [what, options, reason] of [
    ["a node that refuses", { status: 429 }, "status-429"],
    ["a token that the node does not know", { token: "other" }, "status-401"],
    ["no token", { token: "" }, "no-token"],
  ] as const) {
    test(`with ${what} fails, and says why`, async (t) => {
      const { warmer, target, ends, pass, now } = await openRig(t, options);
      warmer.begin(target, ["/vod/a.m3u8"], now());
      await pass(200);
      assert.deepEqual([ends[0]?.outcome, ends[0]?.reason], ["failed", reason]);
    });
  }
  test("of a node that is not there fails", async (t) => {
    const { warmer, ends, pass, now } = await openRig(t);
    warmer.begin({ id: "b", url: "http://127.0.0.1:1" }, ["/vod/a.m3u8"], now());
    await pass(200);
    assert.deepEqual([ends[0]?.id, ends[0]?.reason], ["b", "econnrefused"]);
  });
  test("that is given up ends without a word", async (t) => {
    const { warmer, target, requests, ends, pass, now } = await openRig(t);
    warmer.begin(target, ["/vod/a.m3u8"], now());
    warmer.giveUp("a");
    await pass(200);
    assert.deepEqual([requests, ends], [[], []]);
  });
});
