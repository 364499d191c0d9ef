/** Something that answers requests and can be measured: ours or a peer. The stage ends its process. */
import type { LoadJob } from "../load/load-job.ts";
import type { ServerProcess } from "../processes/server-process.ts";

export type MeasuredSystem = {
  /** As in the results: `understudy`, or the peer's name. */
  readonly name: string;
  /** What answers, and from where. */
  readonly about: string;
  readonly version: string;
  readonly server: ServerProcess;
  readonly paths: readonly string[];
  readonly answerBytes: LoadJob["answerBytes"];
  /**
   * Begins to watch, before a round. What it returns is called after the round, with the number of
   * answers there were, and throws a BenchError if they did not come from where they should.
   */
  readonly watch: () => Promise<(answers: number) => Promise<void>>;
};

/** For a system that cannot answer wrongly without its status or its size showing it. */
export const NOTHING_TO_WATCH: MeasuredSystem["watch"] = async () => async () => {};
