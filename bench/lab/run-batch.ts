/**
 * Has the players of one batch play at the same time, each in a context of its own, and judges what it saw.
 *
 * They begin one after the other, each with a clock of its own: a page that opens takes a whole processor
 * for a second, and six that open together would be late with their first frame for each other's sake.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { LabRun } from "../contract/lab-result.ts";
import { type LabBatch, type LabCase, STAGGER_SECONDS } from "../core/lab/lab-plan.ts";
import { openBrowser } from "./lab-browser.ts";
import { type LabTools, watchRun } from "./watch-run.ts";

const STAGGER_MS = STAGGER_SECONDS * 1_000;

export type BatchOutcome = {
  readonly measured: readonly LabRun[];
  readonly flaws: readonly string[];
};

export async function runBatch(
  batch: LabBatch,
  { tools, executablePath }: { readonly tools: LabTools; readonly executablePath: string },
): Promise<BatchOutcome> {
  const browser = await openBrowser(executablePath);
  const closeBrowser = () => void browser.close();
  tools.stopped.addEventListener("abort", closeBrowser);
  try {
    tools.stopped.throwIfAborted();
    const outcomes = await Promise.allSettled(
      batch.map(async (each, index) => {
        await delay(index * STAGGER_MS, undefined, { signal: tools.stopped });
        return watchRun(browser, each, tools);
      }),
    );
    tools.stopped.throwIfAborted();
    return {
      measured: outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" ? outcome.value : [],
      ),
      flaws: outcomes.flatMap((outcome, index) =>
        outcome.status === "rejected" ? flawOf(batch[index] as LabCase, outcome.reason) : [],
      ),
    };
  } finally {
    tools.stopped.removeEventListener("abort", closeBrowser);
    await browser.close();
  }
}

/** A page that crashed says nothing of the others. A mistake of ours is one all the same. */
function flawOf({ player, fault }: LabCase, reason: unknown): string {
  if (reason instanceof TypeError || reason instanceof RangeError) throw reason;
  const [line] = (reason instanceof Error ? reason.message : String(reason)).split("\n");
  return `${player.name} ${fault.name} could not be watched: ${line}`;
}
