/** What must be known of the machine and of the run to make something of a figure. */
import { type Static, Type } from "typebox";

export const Pinning = Type.Union([
  Type.Object({
    kind: Type.Literal("pinned"),
    server: Type.String({ description: "processors of what is measured" }),
    load: Type.String({ description: "processors of the load generator and all else" }),
  }),
  Type.Object({
    kind: Type.Literal("shared"),
    reason: Type.Union([Type.Literal("taskset-not-installed"), Type.Literal("one-processor")]),
  }),
]);
export type Pinning = Static<typeof Pinning>;

export const Circumstances = Type.Object({
  startedAt: Type.String({ description: "ISO 8601" }),
  commit: Type.Union([Type.String(), Type.Null()], { description: "null outside a checkout" }),
  machine: Type.Object({
    system: Type.String(),
    processor: Type.String(),
    processors: Type.Integer({ minimum: 1 }),
    memoryMebibytes: Type.Integer({ minimum: 1 }),
  }),
  node: Type.String(),
  loadGenerator: Type.String({ description: "name and version" }),
  pinning: Pinning,
  secondsPerRound: Type.Number({ exclusiveMinimum: 0 }),
  rounds: Type.Integer({ minimum: 1 }),
});
export type Circumstances = Static<typeof Circumstances>;
