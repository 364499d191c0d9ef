/**
 * Prints, at the end of the stories, what each of them measured: a bound that holds says little of how
 * near it was.
 */
import type { FullResult, Reporter, TestCase, TestResult } from "playwright/types/testReporter";
import { FIGURE } from "./note-figure.ts";

// biome-ignore lint/style/noDefaultExport: so Playwright finds a reporter.
export default class FiguresReporter implements Reporter {
  readonly #lines: string[] = [];

  onTestEnd(story: TestCase, { annotations }: TestResult): void {
    const figures = annotations.filter(({ type }) => type === FIGURE);
    if (figures.length === 0) return;
    const told = figures.map(({ description }) => description).join(" · ");
    this.#lines.push(`  ${story.title}\n      ${told}`);
  }

  onEnd(_: FullResult): void {
    process.stdout.write(["", "What the stories measured:", ...this.#lines, ""].join("\n"));
  }

  printsToStdio(): boolean {
    return false;
  }
}
