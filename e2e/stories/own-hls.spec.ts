/** A page that makes its own hls.js, with the failover loader in it: any playlist, any two servers. */

import type Hls from "hls.js";
import type { HlsConfig } from "hls.js";
import { expect, type Page, test } from "playwright/test";
import type * as Understudy from "../../player/understudy.ts";
import { FAILBACK_LIMIT_MS, NO_STALL_SECONDS } from "../limits.ts";
import { TwoEdges } from "../two-edges.ts";
import { Viewer } from "../viewer.ts";

type OwnWindow = Window &
  typeof Understudy & { Hls: typeof Hls; told: string[]; understudy: object };

/** Of the film's 240 lines with its sound, on average. */
const LOWEST_BITS_PER_SECOND = 167_158;

let edges: TwoEdges;
test.beforeAll(async () => {
  edges = await TwoEdges.start();
});
test.afterAll(() => edges.close());
test.beforeEach(() => {
  edges.heals("a");
  edges.heals("b");
  edges.linkBytesPerSecond = undefined;
  edges.asked.length = 0;
});

type Play = { src: string; sources?: readonly string[]; hls?: Pick<HlsConfig, "cmcd"> };

/** Runs in the page: what a page's author would write. */
function playWithOwnHls({ src, sources = [], hls: config }: Play): void {
  const page = window as unknown as OwnWindow;
  const loader = page.createFailoverLoader({ sources, failover: { dwellMs: 2_000 } });
  const hls = new page.Hls({ loader, maxBufferLength: 6, maxMaxBufferLength: 6, ...config });
  const playback = loader.attach(hls);
  page.told = [];
  for (const name of ["failover", "failback"] as const) {
    playback.addEventListener(name, ({ detail: { from, to } }) =>
      page.told.push(`${name} ${from} ${to}`),
    );
  }
  page.understudy = { snapshot: () => playback.snapshot(), hls };
  hls.loadSource(src);
  hls.attachMedia(document.querySelector("video") as HTMLVideoElement);
}

async function opens(page: Page, play: Play): Promise<Viewer> {
  const viewer = new Viewer(page);
  await viewer.opens(edges.pageUrl("own"), () => page.evaluate<void, Play>(playWithOwnHls, play));
  return viewer;
}

const told = (page: Page) => page.evaluate(() => (window as unknown as OwnWindow).told);

test("a standard playlist with content steering: the preferred one becomes a black hole, and comes back", async ({
  page,
}) => {
  const viewer = await opens(page, { src: edges.steered });
  await viewer.isServedBy("a", 5_000);
  edges.breaks("a");
  await viewer.isServedBy("b", 5_000);
  await viewer.watchesBeyondBuffer();
  edges.heals("a");
  await viewer.isServedBy("a", FAILBACK_LIMIT_MS);
  expect(await told(page)).toEqual(["failover a b", "failback b a"]);
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
});

test("a plain playlist at two places, with the CMCD of hls.js: both are asked with it", async ({
  page,
}) => {
  const sources = [edges.plain("a"), edges.plain("b")];
  const viewer = await opens(page, { src: edges.plain("a"), sources, hls: { cmcd: {} } });
  await viewer.isServedBy(edges.hostOf("a"), 5_000);
  edges.breaks("a");
  await viewer.isServedBy(edges.hostOf("b"), 5_000);
  await viewer.watchesBeyondBuffer();
  expect((await viewer.picture()).frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
  for (const edge of ["a", "b"]) {
    const segments = edges.asked.filter((asked) => asked.startsWith(`${edge} /video`));
    expect(segments.some((asked) => asked.includes(".m4s?CMCD="))).toBe(true);
  }
});

for (const [share, outcome] of [
  [1.2, "does not stand still"],
  // Nobody can play for long there: what is in hand lasts for a few segments more or less.
  [0.8, "runs to nobody else"],
] as const) {
  test(`a link of ${share} times the lowest rendition: it plays that one, and ${outcome}`, async ({
    page,
  }) => {
    const viewer = await opens(page, { src: edges.steered });
    await viewer.watches(2);
    edges.linkBytesPerSecond = (LOWEST_BITS_PER_SECOND / 8) * share;
    await viewer.seesRendition(240, 20_000);
    await viewer.watchesBeyondBuffer();
    const { frozenSeconds } = await viewer.picture();
    if (share > 1) expect(frozenSeconds).toBeLessThan(NO_STALL_SECONDS);
    // Nobody is to blame: the other pathway is measured, and no better.
    expect((await viewer.counts()).failovers).toBe(0);
  });
}

test("a page makes and destroys players as it likes: two at once, in mid-load, on one video", async ({
  page,
}) => {
  await page.goto(edges.pageUrl("own"));
  edges.breaks("a");
  const left = await page.evaluate(makeAndDestroyPlayers, edges.steered);
  expect(left).toEqual({ timers: 0, listeners: [], codes: ["INVALID_SOURCE", "INVALID_SOURCE"] });
  const askedBefore = edges.asked.length;
  await page.evaluate(
    ([src]) => {
      const own = window as unknown as OwnWindow;
      const video = document.querySelector("video") as HTMLVideoElement;
      const player = own.createFailoverPlayer(video, { src });
      own.understudy = { snapshot: () => player.snapshot() };
    },
    [edges.steered] as const,
  );
  const viewer = new Viewer(page);
  await viewer.seesFirstFrame();
  await viewer.isServedBy("b", 5_000);
  expect(edges.asked.length).toBeGreaterThan(askedBefore);
});

/** Runs in the page: counts what is left of players that were destroyed at odd moments. */
async function makeAndDestroyPlayers(src: string) {
  const own = window as unknown as OwnWindow;
  const video = document.querySelector("video") as HTMLVideoElement;
  const timers = new Set<unknown>();
  const { setInterval: plainInterval, clearInterval: plainClear } = window;
  window.setInterval = ((run: () => void, everyMs?: number) => {
    const timer = plainInterval(run, everyMs);
    timers.add(timer);
    return timer;
  }) as typeof setInterval;
  window.clearInterval = ((timer: number) => {
    timers.delete(timer);
    plainClear(timer);
  }) as typeof clearInterval;
  let listening: { name: string; listener: unknown }[] = [];
  const forget = (name: string, listener: unknown) => {
    listening = listening.filter((each) => each.name !== name || each.listener !== listener);
  };
  const { addEventListener, removeEventListener } = video;
  video.addEventListener = (
    name: string,
    listener: EventListener,
    options?: boolean | AddEventListenerOptions,
  ) => {
    listening.push({ name, listener });
    const signal = typeof options === "object" ? options.signal : undefined;
    signal?.addEventListener("abort", () => forget(name, listener));
    addEventListener.call(video, name, listener, options);
  };
  video.removeEventListener = (name: string, listener: EventListener) => {
    forget(name, listener);
    removeEventListener.call(video, name, listener);
  };

  const codes = ["", []].map((wrong) => {
    try {
      own.createFailoverPlayer(video, { src: wrong });
      return "none";
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  const second = document.createElement("video");
  const moments = [0, 30, 300, 1_500];
  for (const afterMs of moments) {
    const players = [video, second].map((each) => own.createFailoverPlayer(each, { src }));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    for (const player of players) {
      player.destroy();
      player.destroy();
      player.snapshot();
    }
  }
  const listeners = listening.map(({ name }) => name);
  return { timers: timers.size, listeners, codes };
}
