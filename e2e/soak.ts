/**
 * A live channel for an hour while the appliance that serves it comes and goes: does anything pile up?
 *
 *   npm run soak -- --minutes 60
 *
 * Prints a line a minute, measured after a garbage collection, and a verdict by slope at the end. Ends
 * with 1 if memory, listeners or nodes grow, or if the picture froze.
 */
import { parseArgs } from "node:util";
import { type CDPSession, chromium, type Page } from "playwright";
import { CHROMIUM_ARGUMENTS } from "../bench/lab/chromium.ts";
import { findBrowser } from "../setup/find-browser.mjs";
import { growthOver } from "./growth.ts";
import type { StoryWindow } from "./in-page.ts";
import { SHORT_BUFFER } from "./limits.ts";
import { Rig } from "./rig.ts";
import { Viewer } from "./viewer.ts";

const FAULTS = ["blackhole", "hang-mid", "status-503", "truncate"] as const;
const MINUTE_MS = 60_000;
const BREAK_AFTER_MS = 10_000;
const HEAL_AFTER_MS = 30_000;
/** Caches fill and code is compiled: what comes before is not judged. */
const WARM_UP_SHARE = 0.2;
const LEAST_MINUTES = 5;

/** What may have grown over the time that is judged. */
const LIMITS = { heapMebibytes: 2, listeners: 20, nodes: 200 } as const;
const MAX_FROZEN_SECONDS_PER_MINUTE = 0.05;

type Measure = Readonly<Record<keyof typeof LIMITS, number>> & {
  readonly minute: number;
  readonly frozenSeconds: number;
  readonly failovers: number;
};

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const minutes = Number(values.minutes);
if (!(minutes >= LEAST_MINUTES)) {
  process.stderr.write(
    `Cannot soak for ${values.minutes} minutes: ${LEAST_MINUTES} is the least.\n`,
  );
  process.exit(2);
}
say(`A live channel for ${minutes} min; one of its appliances fails for 20 s in each.`);
const rig = await Rig.start();
const { path } = await findBrowser(process.env);
const browser = await chromium.launch({
  ...(path === undefined ? {} : { executablePath: path }),
  args: [...CHROMIUM_ARGUMENTS],
});
try {
  const measures = await soak(await browser.newPage());
  process.exitCode = isSteady(measures) ? 0 : 1;
} finally {
  await browser.close();
  await rig.close();
}

async function soak(page: Page): Promise<readonly Measure[]> {
  const viewer = new Viewer(page);
  const { channel } = await rig.watchPages();
  await viewer.opens(channel + SHORT_BUFFER);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const measures: Measure[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    const startedMs = performance.now();
    const until = (ms: number) =>
      page.waitForTimeout(Math.max(0, startedMs + ms - performance.now()));
    await until(BREAK_AFTER_MS);
    const broken = (await viewer.snapshot()).servedBy ?? "";
    const fault = FAULTS[minute % FAULTS.length] ?? "blackhole";
    await rig.breaks(broken, fault);
    await until(HEAL_AFTER_MS);
    await rig.heals(broken);
    await until(MINUTE_MS);
    const measure = await measureOf(viewer, devtools, minute);
    measures.push(measure);
    say(lineOf(measure, `${fault} on ${broken}`));
  }
  return measures;
}

async function measureOf(viewer: Viewer, devtools: CDPSession, minute: number): Promise<Measure> {
  // What the first one finalizes, the second one frees.
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  const { frozenMs } = await viewer.page.evaluate(
    () => (window as unknown as StoryWindow).sampledPicture,
  );
  // The page's list of what happened ends at fifty entries, which a short run does not reach.
  const listedNodes = await viewer.page.getByTestId("events").evaluate(countNodes);
  return {
    minute,
    heapMebibytes: usedSize / 2 ** 20,
    listeners: metric("JSEventListeners"),
    nodes: metric("Nodes") - listedNodes,
    frozenSeconds: frozenMs / 1_000,
    failovers: (await viewer.counts()).failovers,
  };
}

/** Runs in the page. */
function countNodes(list: Element): number {
  const walker = document.createTreeWalker(list);
  let count = 0;
  while (walker.nextNode() !== null) count += 1;
  return count;
}

function lineOf(measure: Measure, what: string): string {
  const { minute, heapMebibytes, listeners, nodes, frozenSeconds, failovers } = measure;
  return [
    `min ${String(minute).padStart(3)}`,
    `heap ${heapMebibytes.toFixed(2)} MiB`,
    `${listeners} listeners`,
    `${nodes} nodes`,
    `${failovers} failovers`,
    `frozen ${frozenSeconds.toFixed(2)} s`,
    what,
  ].join(" · ");
}

function isSteady(measures: readonly Measure[]): boolean {
  const judged = measures.slice(Math.floor(measures.length * WARM_UP_SHARE));
  const grown = Object.entries(LIMITS).map(([name, limit]) => {
    const samples = judged.map((measure) => ({
      minute: measure.minute,
      value: measure[name as keyof typeof LIMITS],
    }));
    return { name, limit, growth: growthOver(samples) };
  });
  for (const { name, limit, growth } of grown) {
    const verdict = growth <= limit ? "steady" : "GROWS";
    say(
      `${name}: ${verdict}, ${growth.toFixed(2)} over the last ${judged.length} min (limit ${limit})`,
    );
  }
  const frozenSeconds = measures.at(-1)?.frozenSeconds ?? 0;
  const hasFrozen = frozenSeconds > measures.length * MAX_FROZEN_SECONDS_PER_MINUTE;
  say(`picture: ${hasFrozen ? "FROZE" : "unbroken"}, ${frozenSeconds.toFixed(2)} s frozen`);
  return !hasFrozen && grown.every(({ growth, limit }) => growth <= limit);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
