/** What the bench and its load generator, two processes of one program, say to each other. */
import type { Measurement } from "../core/summarise-rounds.ts";

export type LoadJob = {
  /** Base URL of the server. */
  readonly url: string;
  /** Asked in this order by each connection, again and again. */
  readonly paths: readonly string[];
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
