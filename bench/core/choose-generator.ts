/**
 * Chooses what puts the load on: autocannon, of which each answer is looked at, unless it is itself
 * what limits; then wrk, which receives a megabyte in less than half the time but counts in bulk.
 */
import { isLimitedByGenerator } from "./summarise-rounds.ts";

export type GeneratorName = "autocannon" | "wrk";

export type GeneratorChoice = {
  readonly generator: GeneratorName;
  readonly reason:
    | "asked-for"
    | "wrk-not-installed"
    | "autocannon-keeps-up"
    | "autocannon-is-the-limit";
};

/** The share of their processors that server and autocannon used, for each system at a first look. */
export type FirstLook = readonly {
  readonly serverCpuShare: number;
  readonly generatorCpuShare: number;
}[];

export function chooseGenerator(look: FirstLook): GeneratorChoice {
  return look.some(isLimitedByGenerator)
    ? { generator: "wrk", reason: "autocannon-is-the-limit" }
    : { generator: "autocannon", reason: "autocannon-keeps-up" };
}

export const GENERATOR_REASONS: Readonly<Record<GeneratorChoice["reason"], string>> = {
  "asked-for": "as the command line said",
  "wrk-not-installed": "for wrk is not installed here",
  "autocannon-keeps-up":
    "which at a first look did not use its processor fully before a server did",
  "autocannon-is-the-limit":
    "for at a first look autocannon used its processor fully before a server did",
};
