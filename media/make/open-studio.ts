/**
 * A headless browser in which films are painted, and the loopback server that feeds and empties it.
 *
 * The page loads the films' TypeScript as modules, types stripped on the way, and posts raw pixels
 * back: no bundler, no lossy frame, no picture through the debugging protocol.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire, stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { chromium } from "playwright";
import type { Film } from "../films/film.ts";

export type Studio = {
  /** Paints frames `from` … `to - 1`; the next one is not painted before `take` has resolved. */
  readonly renderFrames: (film: Film, range: FrameRange, take: TakePixels) => Promise<void>;
  /** The poster as JPEG. */
  readonly renderPoster: (film: Film) => Promise<Buffer>;
  readonly close: () => Promise<void>;
};

export type FrameRange = { readonly from: number; readonly to: number };
export type TakePixels = (rgba: Buffer, frame: number) => Promise<void>;

const repositoryFolder = normalize(join(import.meta.dirname, "../.."));
const systemChromium = "/usr/bin/chromium";
const quietArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
];

/** Family → weight range and file. All from npm, so that a film looks the same on every machine. */
const fonts: Readonly<Record<string, readonly [weight: string, file: string]>> = {
  "JetBrains Mono": [
    "100 800",
    "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  ],
  Inter: ["100 900", "@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2"],
  "Poiret One": ["400", "@fontsource/poiret-one/files/poiret-one-latin-400-normal.woff2"],
  Yellowtail: ["400", "@fontsource/yellowtail/files/yellowtail-latin-400-normal.woff2"],
  "Tilt Neon": ["400", "@fontsource/tilt-neon/files/tilt-neon-latin-400-normal.woff2"],
  Fraunces: ["100 900", "@fontsource-variable/fraunces/files/fraunces-latin-full-normal.woff2"],
};

/** npm packages with lettering that are not installed; without them the browser would pick another face. */
export function missingFontPackages(): string[] {
  const files = Object.values(fonts).map(([, file]) => file);
  return files.filter((file) => !canFind(file)).map((file) => file.split("/", 2).join("/"));
}

export async function openStudio(): Promise<Studio> {
  let receive: (path: string, body: Buffer) => Promise<void> = async () => {};
  const server = createServer((request, response) => {
    answer(request, response, (path, body) => receive(path, body)).catch((cause) => {
      response.writeHead(500).end(String(cause));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    args: quietArguments,
    ...(existsSync(systemChromium) ? { executablePath: systemChromium } : {}),
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  const project = (call: string) =>
    page.evaluate(`import("/media/films/projector.ts").then((projector) => projector.${call})`);

  return {
    renderFrames: async (film, { from, to }, take) => {
      receive = (path, body) => take(body, Number(path.split("/").at(-1)));
      await project(`projectFilm(${JSON.stringify(film.id)}, ${from}, ${to})`);
    },
    renderPoster: async (film) => {
      let poster = Buffer.alloc(0);
      receive = async (_path, body) => {
        poster = Buffer.from(body);
      };
      await project(`projectPoster(${JSON.stringify(film.id)})`);
      return poster;
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  receive: (path: string, body: Buffer) => Promise<void>,
): Promise<void> {
  const path = normalize(request.url ?? "/");
  if (request.method === "POST") {
    await receive(path, await buffer(request));
    response.writeHead(204).end();
  } else if (path.endsWith(".ts")) {
    const source = await readFile(join(repositoryFolder, path), "utf8");
    response
      .writeHead(200, { "content-type": "text/javascript" })
      .end(stripTypeScriptTypes(source));
  } else if (path.endsWith(".woff2")) {
    const font = await readFile(findPackageFile(path.slice("/fonts/".length)));
    response.writeHead(200, { "content-type": "font/woff2" }).end(font);
  } else {
    response.writeHead(200, { "content-type": "text/html" }).end(studioPage());
  }
}

const { resolve: findPackageFile } = createRequire(import.meta.url);

function canFind(file: string): boolean {
  try {
    return existsSync(findPackageFile(file));
  } catch {
    return false;
  }
}

/** Names every font in a line of text, so that each is loaded before the first frame. */
function studioPage(): string {
  const families = Object.entries(fonts);
  const faces = families.map(
    ([family, [weight, file]]) =>
      `@font-face { font-family: "${family}"; font-weight: ${weight}; src: url("/fonts/${file}"); }`,
  );
  const lines = families.map(([family]) => `<p style="font-family: '${family}'">${family}</p>`);
  return `<!doctype html><meta charset="utf-8"><style>${faces.join("\n")}</style>${lines.join("")}`;
}
