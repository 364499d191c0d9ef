/** What the runner and the suite's client, two processes of one program, say to each other. */
import type { Outcomes, SuiteTest } from "../core/score-conformance.ts";

export type SuiteJob = {
  /** Of the suite's checkout. */
  readonly folder: string;
  /** Base URL of the cache, without a slash at the end. */
  readonly baseUrl: string;
};

export type SuiteMessage =
  | { readonly kind: "begun"; readonly begun: number; readonly total: number }
  | {
      readonly kind: "finished";
      readonly tests: readonly SuiteTest[];
      readonly outcomes: Outcomes;
    };
