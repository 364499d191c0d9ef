/** Notes a figure that a story has measured, for the table at the end of the run. */
import { test } from "playwright/test";

export const FIGURE = "figure";

/** @param what and its value with its unit, such as `frozen 0.00 s`. */
export function noteFigure(what: string): void {
  test.info().annotations.push({ type: FIGURE, description: what });
}
