/**
 * One player through one fault: opens its world and its page, strikes and heals on time, and makes a
 * result of what the page showed and what passed through the proxies.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright";
import type { LabCourse, LabRun } from "../contract/lab-result.ts";
import type { LabTouch } from "../core/lab/judge-serving.ts";
import { faultSpanOf, runSecondsOf } from "../core/lab/lab-fault.ts";
import type { LabCase } from "../core/lab/lab-plan.ts";
import type { LabPlayer } from "../core/lab/lab-player.ts";
import { type PageRecord, summariseRun } from "../core/lab/summarise-run.ts";
import type { PlayerPages } from "../player-pages/player-pages.ts";
import { LINK_BYTES_PER_SECOND } from "./config.ts";
import type { LabMedia } from "./world/lab-media.ts";
import { LabWorld } from "./world/lab-world.ts";

export type LabTools = {
  readonly pages: PlayerPages;
  readonly media: LabMedia;
  readonly course: LabCourse;
  readonly bufferSeconds: number;
  readonly versionOf: (player: LabPlayer) => string;
  readonly now: () => number;
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly stopped: AbortSignal;
};

const VIEWPORT = { width: 480, height: 300 };
const WATCH_SCRIPT = join(import.meta.dirname, "..", "player-pages", "watch-picture.js");
const MS_PER_SECOND = 1_000;

export async function watchRun(
  browser: Browser,
  labCase: LabCase,
  tools: LabTools,
): Promise<LabRun> {
  const { fault, mode, link, steering } = labCase;
  const conduct =
    fault.blow.by === "steering" ? fault.blow.conduct : steering === "up" ? "well" : "down";
  const linkBytesPerSecond = LINK_BYTES_PER_SECOND[link];
  const world = await LabWorld.open({ ...tools, mode, conduct, linkBytesPerSecond });
  try {
    const context = await browser.newContext({ viewport: VIEWPORT });
    try {
      return await playThrough(context, world, labCase, tools);
    } finally {
      await context.close();
    }
  } finally {
    await world.close();
  }
}

async function playThrough(
  context: BrowserContext,
  world: LabWorld,
  { player, ...terms }: LabCase,
  tools: LabTools,
): Promise<LabRun> {
  const { fault } = terms;
  const { course, pages, bufferSeconds, stopped, wallNow, versionOf } = tools;
  const span = faultSpanOf(fault, course);
  const endSeconds = runSecondsOf(fault, course);
  const refused = watchRefused(context, world);
  const page = await context.newPage();
  await page.addInitScript({ path: WATCH_SCRIPT });
  const startedAt = new Date(wallNow()).toISOString();
  const until = (atSeconds: number) => {
    const leftMs = Math.max(0, (atSeconds - world.elapsedSeconds()) * MS_PER_SECOND);
    return delay(leftMs, undefined, { signal: stopped });
  };
  const strike = async () => {
    if (span === undefined) return;
    await world.strike(fault.blow, span.toSeconds - span.fromSeconds);
    if (fault.blow.by === "viewer") await context.setOffline(true);
  };

  world.beginTime();
  if (fault.atStart) await strike();
  const source = world.urlOf(player.manifest);
  const url = pages.urlOf(player.page, { source, bufferSeconds, worker: player.worker });
  await page.goto(url, { waitUntil: "commit" });
  if (!fault.atStart) {
    await until(course.faultAtSeconds);
    await strike();
  }
  const struckSeconds = fault.atStart ? 0 : world.elapsedSeconds();
  let healedSeconds: number | undefined;
  if (span !== undefined) {
    await until(span.toSeconds);
    if (fault.blow.by === "viewer") await context.setOffline(false);
    await world.heal();
    healedSeconds = world.elapsedSeconds();
  }
  await until(endSeconds);
  const record = await readPicture(page);
  return summariseRun({
    player: player.name,
    playerVersion: versionOf(player),
    startedAt,
    ...terms,
    course,
    openedMs: world.openedMs,
    endSeconds,
    span:
      healedSeconds === undefined
        ? undefined
        : { fromSeconds: struckSeconds, toSeconds: healedSeconds },
    firstAskedSeconds: world.firstAskedSeconds,
    steeringRequests: world.steeringRequests,
    page: record,
    exchanges: world.log.exchanges,
    touches: [...world.log.touches, ...refused],
  });
}

/** A connection that is refused reaches no server: only the browser knows that it was tried. */
function watchRefused(context: BrowserContext, world: LabWorld): readonly LabTouch[] {
  const refused: LabTouch[] = [];
  const begun = new WeakMap<object, number>();
  context.on("request", (request) => begun.set(request, world.elapsedSeconds()));
  context.on("requestfailed", (request) => {
    const atSeconds = begun.get(request);
    const why = request.failure()?.errorText ?? "";
    if (atSeconds === undefined || !world.isOfPathway(request.url(), "A")) return;
    if (/REFUSED|RESET|CLOSED|EMPTY|DISCONNECTED/.test(why)) {
      refused.push({ atSeconds, path: new URL(request.url()).pathname });
    }
  });
  return refused;
}

function readPicture(page: Page): Promise<PageRecord> {
  // Written by watch-picture.js, which runs in the page.
  return page.evaluate("window.labPicture");
}
