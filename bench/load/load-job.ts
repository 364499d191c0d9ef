/** What the bench and its load generator, two processes of one program, say to each other. */
import type { Measurement } from "../core/summarise-rounds.ts";

/** Where it stands in a path, each request has a word there that no other has. */
export const EVERY_TIME_ANOTHER = "[<id>]";

export type LoadJob = {
  readonly generator:
    | { readonly name: "autocannon" }
    | { readonly name: "wrk"; readonly program: string };
  /** Base URL of the server. */
  readonly url: string;
  /** Asked in this order by each connection, again and again, each from another one on. */
  readonly paths: readonly string[];
  /** Of this job alone: begins the words that no other request has. */
  readonly mark: string;
  readonly connections: number;
  /** Load without measuring: connections open, code gets compiled. */
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** An answer outside of these is not the answer that the bench is about. Headers included. */
  readonly answerBytes: { readonly least: number; readonly most: number };
  /** The server, whose CPU time and memory are read together with those of its children. */
  readonly serverPid: number;
};

export type LoadReport =
  | { readonly kind: "measured"; readonly measurement: Measurement; readonly answersInAll: number }
  | { readonly kind: "failed"; readonly reason: string };
