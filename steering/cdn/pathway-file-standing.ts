/**
 * Remembers how the file of pathways stands: in force as it is on the disk, or broken, with its last good
 * version in force. Each change of it is an event, so that nobody has to read the log to learn of a slip.
 */
import type { PathwayFileView } from "../contract/fleet-view.ts";
import type { NewEvent } from "../history/open-history.ts";

export type PathwayFileStandingOptions = {
  readonly tell: (event: NewEvent) => void;
  readonly now: () => number;
};

type Standing =
  | { readonly state: "in-force"; readonly sinceMs: number }
  | { readonly state: "broken"; readonly sinceMs: number; readonly problems: readonly string[] };

export function keepPathwayFileStanding({ tell, now }: PathwayFileStandingOptions) {
  /** Undefined while there is no file. */
  let standing: Standing | undefined;

  return {
    /** A version of it has been read, and is used. */
    noteUsed(): void {
      if (standing?.state === "broken") {
        tell({ ...SUBJECT, from: "broken", to: "in-force", reason: "mended" });
      }
      standing = { state: "in-force", sinceMs: now() };
    },
    /** @param problems of the version that stands on the disk now; each version is told of once. */
    noteBroken(problems: readonly string[]): void {
      const from = standing?.state ?? null;
      const sinceMs = standing?.state === "broken" ? standing.sinceMs : now();
      standing = { state: "broken", sinceMs, problems };
      tell({ ...SUBJECT, from, to: "broken", reason: problems[0] ?? "", details: { problems } });
    },
    isBroken: (): boolean => standing?.state === "broken",
    view(): PathwayFileView | null {
      if (standing === undefined) return null;
      const forSeconds = (now() - standing.sinceMs) / 1000;
      const problems = standing.state === "broken" ? [...standing.problems] : [];
      return { state: standing.state, problems, forSeconds };
    },
  };
}

const SUBJECT = { kind: "pathway-file", subject: "fleet" } as const;
