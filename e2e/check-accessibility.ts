/** axe-core on a page as it is now: what a person with a screen reader or a keyboard would stumble over. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright/test";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

/** Each as `rule: what is wrong where`; empty when there is nothing to find. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the page's content security policy would rightly refuse that.
  await page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await page.evaluate<AxeResults, string[]>(
    (values) =>
      (window as unknown as { axe: typeof import("axe-core") }).axe.run({
        runOnly: { type: "tag", values },
      }),
    RULES,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary ?? ""}`),
  );
}
