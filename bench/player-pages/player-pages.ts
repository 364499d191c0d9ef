/**
 * Serves a page for each player: those of others as they come from npm, and ours as it is built.
 *
 * Stories and the lab open the same pages, so that both see the same players with the same settings.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";

export type PlayerName = "hls" | "shaka" | "vhs" | "dash" | "understudy";

export type PageWishes = {
  readonly source: string;
  /** Where our service worker finds the same. */
  readonly otherSources?: readonly string[];
  /** How much the player is to load ahead. */
  readonly bufferSeconds: number;
  /** Whether it plays behind our service worker. */
  readonly worker?: boolean;
};

export type PlayerPages = {
  /** A page that plays as soon as it is opened. */
  urlOf(player: PlayerName, wishes: PageWishes): string;
  close(): Promise<void>;
};

const require = createRequire(import.meta.url);
const BUILT = resolve(import.meta.dirname, "..", "..", "dist", "player");
const SCRIPTS: Readonly<Record<PlayerName, string>> = {
  hls: require.resolve("hls.js/dist/hls.min.js"),
  shaka: require.resolve("shaka-player"),
  vhs: require.resolve("video.js/dist/video.min.js"),
  dash: require.resolve("dashjs"),
  understudy: join(BUILT, "understudy.iife.js"),
};
const WORKER = join(BUILT, "understudy-worker.js");
const REGISTER = join(BUILT, "register-failover-worker.js");

/** What of ours is built: without it a page of ours plays nothing. */
export function whatIsBuilt(): { readonly player: boolean; readonly worker: boolean } {
  return {
    player: existsSync(SCRIPTS.understudy),
    worker: existsSync(WORKER) && existsSync(REGISTER),
  };
}

/** @param given text of scripts that are served in place of those on disk, by their path. */
export async function openPlayerPages(
  given: ReadonlyMap<string, string> = new Map(),
): Promise<PlayerPages> {
  const files = new Map<string, { readonly path: string; readonly type: string }>([
    ["/scripts/begin.js", script(join(import.meta.dirname, "begin.js"))],
    // Beside the pages, since a worker's folder is all that it may see.
    ["/understudy-worker.js", script(WORKER)],
    ["/scripts/register-failover-worker.js", script(REGISTER)],
  ]);
  for (const [player, path] of Object.entries(SCRIPTS)) {
    files.set(`/scripts/${player}.js`, script(path));
    const page = join(import.meta.dirname, `${player}.html`);
    files.set(`/${player}.html`, { path: page, type: "text/html" });
  }
  const server = createServer(async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const text = given.get(path);
    if (text !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(text);
      return;
    }
    const file = files.get(path);
    if (file === undefined || !existsSync(file.path)) {
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
    urlOf(player, { source, otherSources = [], bufferSeconds, worker = false }) {
      const asked = new URLSearchParams({ src: source, buffer: `${bufferSeconds}` });
      for (const other of otherSources) asked.append("src", other);
      if (worker) asked.set("worker", "");
      return `http://127.0.0.1:${port}/${player}.html?${asked}`;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function script(path: string) {
  return { path, type: "text/javascript" };
}
