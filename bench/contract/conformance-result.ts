/**
 * What `npm run conformance -- --json FILE` writes: how many tests of the public HTTP cache suite
 * pass, and each that does not, with its reason. The named fields of DESIGN are a promise to scripts
 * outside the repository; more may be added.
 */
import { type Static, Type } from "typebox";

/** Required: a cache must. Optimal: a good cache does. Check: a question without a right answer. */
export const TestKind = Type.Union([
  Type.Literal("required"),
  Type.Literal("optimal"),
  Type.Literal("check"),
]);
export type TestKind = Static<typeof TestKind>;

export const Tally = Type.Object({
  passed: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 0 }),
});
export type Tally = Static<typeof Tally>;

const TALLIES = { required: Tally, optimal: Tally, check: Tally };

export const GroupScore = Type.Object({ group: Type.String(), ...TALLIES });
export type GroupScore = Static<typeof GroupScore>;

export const FailedTest = Type.Object({
  id: Type.String(),
  kind: TestKind,
  reason: Type.String({ description: "why it fails, in our words where we know them" }),
  group: Type.String(),
  said: Type.String({ description: "what the suite said" }),
  root: Type.String({ description: "the test that it depends on and that fails; itself, mostly" }),
  explained: Type.Boolean({ description: "whether the reason is a known one" }),
});
export type FailedTest = Static<typeof FailedTest>;

export const ConformanceResult = Type.Object({
  ...TALLIES,
  failed: Type.Array(FailedTest),
  groups: Type.Array(GroupScore),
  system: Type.String(),
  version: Type.String({ description: "of the system" }),
  suite: Type.String({ description: "name and version of the suite" }),
  commit: Type.Union([Type.String(), Type.Null()], { description: "null outside a checkout" }),
  startedAt: Type.String({ description: "ISO 8601" }),
});
export type ConformanceResult = Static<typeof ConformanceResult>;
