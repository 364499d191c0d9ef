import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { openTextFetcher } from "./fetch-text.ts";

/** Answers nothing below `/none`, and all else at once. */
async function openSource(t: TestContext) {
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/none") !== true) response.end("text");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const fetcher = openTextFetcher();
  t.after(async () => {
    await fetcher.close();
    server.closeAllConnections();
    server.close();
  });
  return { server, fetcher, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("what is known is fetched though what nobody knows is waited for", async (t) => {
  const { server, fetcher, url } = await openSource(t);
  const arrived = once(server, "request");
  for (let stray = 0; stray < 64; stray += 1)
    void fetcher.fetchText(`${url}/none-${stray}`, "stray");
  await arrived;
  assert.equal((await fetcher.fetchText(`${url}/film`, "known")).outcome, "text");
});
