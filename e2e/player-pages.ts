/**
 * Serves a page for each of the players of others, as they come from npm: nothing of ours is in them.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type PlayerName = "hls" | "shaka" | "vhs" | "dash";

export type PlayerPages = {
  /** A page that plays `source` as soon as it is opened. */
  urlOf(player: PlayerName, source: string): string;
  close(): Promise<void>;
};

const require = createRequire(import.meta.url);
const SCRIPTS: Readonly<Record<PlayerName, string>> = {
  hls: require.resolve("hls.js/dist/hls.min.js"),
  shaka: require.resolve("shaka-player"),
  vhs: require.resolve("video.js/dist/video.min.js"),
  dash: require.resolve("dashjs"),
};

export async function openPlayerPages(): Promise<PlayerPages> {
  const files = new Map<string, { readonly path: string; readonly type: string }>();
  for (const [player, script] of Object.entries(SCRIPTS)) {
    files.set(`/scripts/${player}.js`, {
      path: script,
      type: "text/javascript",
    });
    files.set(`/${player}.html`, {
      path: join(import.meta.dirname, "players", `${player}.html`),
      type: "text/html",
    });
  }
  const server = createServer(async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const file = files.get(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = await readFile(file.path);
    response.writeHead(200, { "content-type": file.type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (player, source) =>
      `http://127.0.0.1:${port}/${player}.html?src=${encodeURIComponent(source)}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
