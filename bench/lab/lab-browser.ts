/** The browser in which the players of one batch play, each in a context of its own. */
import { type Browser, chromium } from "playwright";
import { findBrowser } from "../../setup/find-browser.mjs";
import { BenchError } from "../errors.ts";
import { CHROMIUM_ARGUMENTS } from "./chromium.ts";

const HOW_TO_GET_ONE =
  "Install one with `npx playwright install --with-deps chromium`, or name one in CHROMIUM_PATH.";

/** @throws {BenchError} beforehand, rather than after minutes. */
export async function findChromium(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const found = await findBrowser(env);
  if (found.path !== undefined) return found.path;
  throw new BenchError(`The lab needs a browser: ${found.reason}. ${HOW_TO_GET_ONE}`);
}

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [...CHROMIUM_ARGUMENTS],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
