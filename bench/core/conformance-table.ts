/** Writes the score of the HTTP cache suite for a terminal: a row for each group, then what fails. */
import type {
  ConformanceResult,
  FailedTest,
  GroupScore,
  Tally,
} from "../contract/conformance-result.ts";

const KINDS = ["required", "optimal", "check"] as const;
const WIDTH = 10;

/** Questions without a right answer are counted, but an answer of no is no failure to list. */
export function conformanceTable(result: ConformanceResult): string {
  const { groups, failed, system, version, suite } = result;
  const demands = failed.filter(({ kind }) => kind !== "check");
  const widest = Math.max("total".length, ...groups.map(({ group }) => group.length));
  const line = (name: string, tallies: Pick<GroupScore, (typeof KINDS)[number]>) =>
    `  ${name.padEnd(widest)}${KINDS.map((kind) => fraction(tallies[kind]).padStart(WIDTH)).join("")}`;
  return [
    `${system} ${version} in ${suite}: passed, of how many`,
    `  ${"group".padEnd(widest)}${KINDS.map((kind) => kind.padStart(WIDTH)).join("")}`,
    ...groups.map((group) => line(group.group, group)),
    line("total", result),
    "",
    ...failureLines(
      "These do not pass, for reasons that we know",
      demands.filter(({ explained }) => explained),
    ),
    ...failureLines(
      "These do not pass, and nobody has said why",
      demands.filter(({ explained }) => !explained),
    ),
  ].join("\n");
}

function fraction({ passed, total }: Tally): string {
  return total === 0 ? "–" : `${passed}/${total}`;
}

/** Who fails for another's failure stands behind that one. */
function failureLines(heading: string, failed: readonly FailedTest[]): string[] {
  if (failed.length === 0) return [];
  const behind = Map.groupBy(
    failed.filter(({ id, root }) => id !== root),
    ({ root }) => root,
  );
  const named = failed.filter(({ id, root }) => id === root);
  const unnamed = [...behind].filter(([root]) => !named.some(({ id }) => id === root));
  return [
    `${heading}:`,
    ...named.map((each) => `  ${failureLine(each)}${dependantsOf(behind.get(each.id))}`),
    ...unnamed.map(([root, each]) => `  ${root}, a question answered with no${dependantsOf(each)}`),
    "",
  ];
}

function failureLine({ id, kind, reason, said }: FailedTest): string {
  return `${id} (${kind}): ${reason === said ? said : `${reason} [${said}]`}`;
}

function dependantsOf(failed: readonly FailedTest[] = []): string {
  if (failed.length === 0) return "";
  return `; and with it ${failed.map(({ id }) => id).join(", ")}`;
}
