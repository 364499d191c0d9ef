/** A small crowd before a small server of this very process. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { type CrowdJob, gatherCrowd } from "./crowd.ts";

const BODY = Buffer.alloc(200_000, "abc");
const OBJECT = {
  sizeBytes: BODY.length,
  sha256: createHash("sha256").update(BODY).digest("hex"),
};

async function crowdAt(t: TestContext, answer: RequestListener, more: Partial<CrowdJob> = {}) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gatherCrowd(
    { url, paths: ["/a"], clients: 20, object: OBJECT, reading: { kind: "as-it-comes" }, ...more },
    () => performance.now(),
  );
}

describe("gatherCrowd()", () => {
  test("asks with all clients, and reads every body to its end", async (t) => {
    let asked = 0;
    const report = await crowdAt(t, (_, response) => {
      asked += 1;
      response.end(BODY);
    });
    assert.equal(asked, 20);
    assert.deepEqual(report.flaws, {});
    assert.equal(report.bodyBytes, 20 * BODY.length);
    assert.deepEqual([report.firstByteMs.length, report.wholeMs.length], [20, 20]);
  });
  test("leaves slow bodies as they are, after a while", async (t) => {
    const report = await crowdAt(t, (_, response) => response.end(BODY), {
      reading: { kind: "slowly", bytesPerSecond: 50_000, leaveAfterMs: 300 },
    });
    assert.deepEqual(report.flaws, {});
    assert.ok(
      report.bodyBytes > 0 && report.bodyBytes < 20 * BODY.length,
      String(report.bodyBytes),
    );
  });
  for (const [flaw, answer, told] of [
    ["another status", (_, response) => response.writeHead(503).end(), /^HTTP\/1\.1 503/],
    ["a body of another size", (_, response) => response.end("short"), /^5 bytes came$/],
    [
      "half a body",
      (_, response) => {
        response.writeHead(200, { "content-length": BODY.length });
        response.write("half", () => response.destroy());
      },
      /^closed before the end$/,
    ],
  ] as const satisfies readonly (readonly [string, RequestListener, RegExp])[]) {
    test(`counts clients that got ${flaw}`, async (t) => {
      const { flaws } = await crowdAt(t, answer);
      assert.deepEqual(Object.values(flaws), [20]);
      assert.match(Object.keys(flaws)[0] ?? "", told);
    });
  }
  test("counts clients that hashed other bytes", async (t) => {
    const { flaws } = await crowdAt(t, (_, response) => response.end(Buffer.alloc(BODY.length)));
    assert.deepEqual(flaws, { "other bytes came": 1 });
  });
});
