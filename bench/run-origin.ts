/**
 * An origin for benches that need one that is alive: every path is an object of the same bytes, sent
 * as fast as may be or at a pace, and each fetch is counted.
 *
 * It does as little as it can, for it shares its processor with the load generator.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Type } from "typebox";
import { runService } from "../chassis/run-service.ts";
import { FETCHES_PATH } from "./systems/bench-origin.ts";

type Pace = { readonly bytesPerSecond: number; bodies: number };

/** So often a paced body goes on. */
const PACE_MS = 10;
const LIFETIME_SECONDS = 86_400;

await runService({
  command: "node bench/run-origin.ts",
  schema: Type.Object({
    bytes: Type.Integer({ minimum: 1, description: "size of each object" }),
    bytesPerSecond: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "of all bodies together; as fast as may be without it",
      }),
    ),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 0, description: "port" }),
  }),
  env: {},
  start: async ({ bytes, bytesPerSecond, port }) => {
    const body = Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 31) % 251));
    const pace = bytesPerSecond === undefined ? undefined : { bytesPerSecond, bodies: 0 };
    let fetches = 0;
    const server = createServer((request, response) => {
      if (request.url === FETCHES_PATH) {
        response.end(JSON.stringify({ fetches }));
        return;
      }
      fetches += 1;
      response.writeHead(200, {
        "content-type": "video/mp4",
        "content-length": bytes,
        "cache-control": `public, max-age=${LIFETIME_SECONDS}`,
        etag: '"bench"',
      });
      if (pace === undefined) response.end(body);
      else void sendPaced(response, body, pace);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", 1_024, resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: async () => {
        server.close();
        server.closeAllConnections();
      },
    };
  },
});

/**
 * What has fallen due by the clock, so that a late timer delays a piece and not the whole. All bodies
 * under way share the pace.
 */
async function sendPaced(response: ServerResponse, body: Buffer, pace: Pace): Promise<void> {
  pace.bodies += 1;
  let sent = 0;
  let paidUntilMs = performance.now() - PACE_MS;
  while (sent < body.length && !response.destroyed) {
    const nowMs = performance.now();
    const due = Math.ceil((((nowMs - paidUntilMs) / 1000) * pace.bytesPerSecond) / pace.bodies);
    paidUntilMs = nowMs;
    const end = Math.min(body.length, sent + due);
    response.write(body.subarray(sent, end));
    sent = end;
    if (sent < body.length) await delay(PACE_MS);
  }
  pace.bodies -= 1;
  response.end();
}
