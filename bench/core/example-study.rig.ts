/** What a study may have found, for the tests of what is made of it. */
import type { StudyResult } from "../contract/study-result.ts";
import { EXAMPLE } from "./example-result.rig.ts";

export const EXAMPLE_STUDY: StudyResult = {
  kind: "study",
  name: "flash-crowd",
  question: "Who bears a crowd?",
  unit: { objectBytes: 4_194_304, clients: 1_000 },
  columns: [
    { figure: "originFetches", title: "origin fetches", as: "count" },
    { figure: "firstByteMs", title: "first byte, ms", as: "figure", better: "less" },
    { figure: "lateShare", title: "late", as: "share", better: "less" },
  ],
  runs: [
    { system: "understudy", originFetches: 1, firstByteMs: 34.5, lateShare: 0.0125 },
    { system: "nginx", version: "1.22.1", originFetches: 1, lateShare: 0 },
  ],
  claims: [
    { claim: "one fetch for all", holds: true },
    { claim: "nobody is late", holds: false },
  ],
  ratios: {},
  missing: ["ats"],
  notes: ["A note."],
  circumstances: EXAMPLE.circumstances,
};
