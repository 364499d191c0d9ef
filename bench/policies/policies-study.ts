/** What to forget first, and what to take in at all: every policy on the same requests. */
import { ADMISSION_POLICY_NAMES } from "../../appliance/core/admission/new-admission.ts";
import { EVICTION_POLICY_NAMES } from "../../appliance/core/eviction/new-cache-index.ts";
import type { Study, StudyContext, StudyFindings } from "../benches/bench.ts";
import type { StudyColumn, StudyRun } from "../contract/study-result.ts";
import {
  ADMISSION_SHARE,
  CACHE_SHARES,
  measurePolicies,
  type PolicyScore,
} from "./measure-policies.ts";
import { readTrace } from "./read-trace.ts";
import { byteMissRatio, gapClosed, objectMissRatio } from "./replay-score.ts";
import { type Trace, workingSetBytes } from "./trace.ts";
import { EVERY_WORKLOAD } from "./workloads/every-workload.ts";
import { drawWorkload, type Workload } from "./workloads/workload.ts";
import { nameTraceFile, writeTrace } from "./write-trace.ts";

const GIGABYTE = 1e9;
const LEAST_GAP_CLOSED = 0.45;
const MOST_WORSE_THAN_LRU = 0.01;
const [DEFAULT_EVICTION] = EVICTION_POLICY_NAMES;
const [DEFAULT_ADMISSION] = ADMISSION_POLICY_NAMES;

export const POLICIES: Study = {
  kind: "study",
  name: "policies",
  question: "Which bytes does a cache of a given size not have to fetch again, under which policy?",
  notes: [
    "Cache sizes are shares of all different bytes that are asked for. Every request counts, those for objects that nobody asked for before included: nobody can save these, and Belady misses them too.",
    "Belady knows the future. With objects of different sizes it is a yardstick and not a proof. 'Gap closed' is how much of the way from LRU to Belady a policy goes, in bytes.",
    `What the origin sends is what was missed; what is written is what was taken in, which wears a disk. Both, and what admission does, are shown for ${percent(ADMISSION_SHARE)} of the bytes.`,
    "The workloads were frozen before the policies were tuned, and tuned on other seeds. A policy sees time, key and size of each request, as an appliance does.",
  ],
  run: studyPolicies,
};

async function studyPolicies(context: StudyContext): Promise<readonly StudyFindings[]> {
  const { trace, seed, writeTrace: file } = context.wishes;
  if (trace !== undefined) {
    return [
      await studyTrace({ name: trace, isStationary: false }, await readTrace(trace), context),
    ];
  }
  const findings: StudyFindings[] = [];
  for (const workload of EVERY_WORKLOAD) {
    const drawn = drawWorkload(workload, seed);
    if (file !== undefined) await writeTrace(drawn, nameTraceFile(file, workload.name));
    findings.push(await studyTrace(workload, drawn, context));
  }
  return findings;
}

async function studyTrace(
  { name, isStationary }: Pick<Workload, "name" | "isStationary">,
  trace: Trace,
  { progress, signal }: StudyContext,
): Promise<StudyFindings> {
  progress(`${name}: ${trace.asked.length.toLocaleString("en-US")} requests`);
  const scores = await measurePolicies(trace, { signal });
  const runs = runsOf(scores);
  return {
    unit: {
      workload: name,
      requests: trace.asked.length,
      gigabytes: Math.round(workingSetBytes(trace) / GIGABYTE),
    },
    columns: COLUMNS,
    runs,
    claims: [claimOfDefault(scores), ...(isStationary ? [claimOfBest(scores)] : [])],
  };
}

const COLUMNS: StudyColumn[] = [
  ...CACHE_SHARES.map((share) => ({
    figure: missFigure(share),
    title: `byte misses, ${percent(share)}`,
    as: "share" as const,
    better: "less" as const,
  })),
  ...CACHE_SHARES.map((share) => ({
    figure: gapFigure(share),
    title: `gap closed, ${percent(share)}`,
    as: "share" as const,
  })),
  { figure: "objectMissRatio", title: "object misses", as: "share" },
  { figure: "originGigabytes", title: "origin GB", as: "figure" },
  { figure: "writtenGigabytes", title: "written GB", as: "figure", better: "less" },
];

/** A row for each policy and admission, with the figures of each size in their columns. */
function runsOf(scores: readonly PolicyScore[]): StudyRun[] {
  const rows = new Map<string, Record<string, number | string>>();
  for (const measured of scores) {
    const { score, cacheShare } = measured;
    const name = nameOf(measured);
    const row = rows.get(name) ?? {};
    rows.set(name, row);
    row[missFigure(cacheShare)] = byteMissRatio(score);
    row[gapFigure(cacheShare)] = gapClosedBy(measured, scores);
    if (cacheShare !== ADMISSION_SHARE) continue;
    row["objectMissRatio"] = objectMissRatio(score);
    row["originGigabytes"] = score.missedBytes / GIGABYTE;
    row["writtenGigabytes"] = score.writtenBytes / GIGABYTE;
  }
  return Array.from(rows, ([system, row]) => ({ system, ...row }));
}

function claimOfDefault(scores: readonly PolicyScore[]) {
  const worst = Math.max(
    ...CACHE_SHARES.map((share) => {
      const missed = missedBy(scores, DEFAULT_EVICTION, share);
      return missed / missedBy(scores, "lru", share) - 1;
    }),
  );
  return {
    claim: `the default, ${DEFAULT_EVICTION} with admission ${DEFAULT_ADMISSION}, misses at most ${percent(MOST_WORSE_THAN_LRU)} more bytes than LRU at any size (${percent(worst)})`,
    holds: worst <= MOST_WORSE_THAN_LRU,
  };
}

function claimOfBest(scores: readonly PolicyScore[]) {
  const least = CACHE_SHARES.map((share) => {
    const closed = scores
      .filter(({ eviction, cacheShare }) => eviction !== "belady" && cacheShare === share)
      .map((measured) => ({ name: nameOf(measured), gap: gapClosedBy(measured, scores) }));
    return closed.reduce((best, each) => (each.gap > best.gap ? each : best));
  }).reduce((worst, each) => (each.gap < worst.gap ? each : worst));
  return {
    claim: `at every size the best policy closes at least ${percent(LEAST_GAP_CLOSED)} of the gap from LRU to Belady (at the hardest ${least.name} closes ${percent(least.gap)})`,
    holds: least.gap >= LEAST_GAP_CLOSED,
  };
}

function gapClosedBy({ score, cacheShare }: PolicyScore, scores: readonly PolicyScore[]): number {
  const lru = scoreOf(scores, "lru", cacheShare);
  const belady = scoreOf(scores, "belady", cacheShare);
  return gapClosed(score, lru, belady);
}

function missedBy(scores: readonly PolicyScore[], name: PolicyScore["eviction"], share: number) {
  return scoreOf(scores, name, share).missedBytes;
}

function scoreOf(scores: readonly PolicyScore[], name: PolicyScore["eviction"], share: number) {
  const found = scores.find(
    ({ eviction, admission, cacheShare }) =>
      eviction === name && admission === DEFAULT_ADMISSION && cacheShare === share,
  );
  if (found === undefined) throw new TypeError(`Nobody has measured ${name} at ${share}`);
  return found.score;
}

function nameOf({ eviction, admission }: PolicyScore): string {
  if (eviction === "belady") return "belady (offline)";
  return admission === DEFAULT_ADMISSION ? eviction : `${eviction}, ${admission}`;
}

function missFigure(share: number): string {
  return `byteMissRatioAt${Math.round(share * 100)}`;
}

function gapFigure(share: number): string {
  return `gapClosedAt${Math.round(share * 100)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
