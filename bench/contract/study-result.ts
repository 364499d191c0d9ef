/**
 * What a study finds: a bench that asks something else than how a steady load is borne, so that its
 * figures are its own, and it describes them itself.
 */
import { type Static, Type } from "typebox";
import { Circumstances } from "./circumstances.ts";

/** One figure of every run, for the table and the page. */
export const StudyColumn = Type.Object({
  figure: Type.String({ description: "the name of its field in each run" }),
  title: Type.String({ description: "what a person reads, with the unit" }),
  as: Type.Union([Type.Literal("figure"), Type.Literal("share"), Type.Literal("count")], {
    description: "three digits that count; a share of 1, told in percent; a whole number",
  }),
  better: Type.Optional(
    Type.Union([Type.Literal("more"), Type.Literal("less")], {
      description: "drawn as a chart where it is said which is better",
    }),
  ),
});
export type StudyColumn = Static<typeof StudyColumn>;

/** One system, policy or case: its figures by name. What a system cannot tell is left out. */
export const StudyRun = Type.Intersect([
  Type.Object({ system: Type.String() }),
  Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
]);
export type StudyRun = Static<typeof StudyRun>;

/** What the study was to show, and whether it did. */
export const StudyClaim = Type.Object({ claim: Type.String(), holds: Type.Boolean() });
export type StudyClaim = Static<typeof StudyClaim>;

export const StudyResult = Type.Object({
  kind: Type.Literal("study"),
  name: Type.String(),
  question: Type.String({ description: "what the study asks, for a person" }),
  unit: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()]), {
    description: "the case that was studied",
  }),
  columns: Type.Array(StudyColumn),
  runs: Type.Array(StudyRun, { minItems: 1 }),
  claims: Type.Array(StudyClaim),
  ratios: Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()), {
    description: "ours divided by the peer's, where that says something",
  }),
  missing: Type.Array(Type.String(), { description: "peers that are not installed here" }),
  notes: Type.Array(Type.String(), { description: "what a reader of the figures must know" }),
  circumstances: Circumstances,
});
export type StudyResult = Static<typeof StudyResult>;
