/** Writes what a bench was to show, and whether it did: for a terminal, and for the page. */
import type { StudyClaim } from "../contract/study-result.ts";
import { escapeHtml } from "./escape-html.ts";

export function claimLines(claims: readonly StudyClaim[]): string[] {
  return claims.map(({ claim, holds }) => `${holds ? "holds" : "DOES NOT HOLD"}: ${claim}`);
}

export function claimItems(claims: readonly StudyClaim[]): string[] {
  return claims.map(
    ({ claim, holds }) =>
      `<li${holds ? "" : ' class="broken"'}><b>${holds ? "Holds" : "Does not hold"}</b>: ${escapeHtml(claim)}.</li>`,
  );
}
