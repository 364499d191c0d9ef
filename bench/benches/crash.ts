/** What a crash costs: the one bench in which nothing is measured that may vary. */
import { OURS } from "../contract/bench-result.ts";
import type { StudyResult } from "../contract/study-result.ts";
import { median } from "../core/summarise-rounds.ts";
import { type CrashFindings, killAgainAndAgain } from "../crash/kill-again-and-again.ts";
import { type RecoveryFindings, recoverMany } from "../crash/recover-many.ts";
import { startOrigin } from "../systems/origin.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const KILLS = 200;
/** A short run finds out less, and recovers less. */
const OBJECTS_PER_KILL = 500;
const MOST_OBJECTS = 100_000;
const RECOVERY_LIMIT_MS = 3_000;
const MEBIBYTE = 1024 * 1024;

export const CRASH: Study = {
  kind: "study",
  name: "crash",
  question:
    "Does an appliance serve a wrong byte, or take more of the disk than it may, after it was killed?",
  notes: [
    "The appliance is killed with SIGKILL after a random number of answers, while clients read, fills arrive and files are written, and starts again in the same folder. Clients compare every byte with what the origin would have sent. The folder is measured after every ten answers and after each kill: what is being written, and the journal, count.",
    "A kill leaves the kernel's page cache alive, so it tears nothing by itself. After every second kill a fifth of the files is torn, zeroed or flipped while the appliance is down, and half of the time the journal too.",
    "Recovery is timed by the appliance, from its start to the last object found; it serves meanwhile. The page cache is warm.",
  ],
  run: studyCrash,
};

const KILL_COLUMNS: StudyResult["columns"] = [
  { figure: "kills", title: "kills", as: "count" },
  { figure: "answers", title: "answers checked", as: "count" },
  { figure: "fromStore", title: "from the store", as: "count" },
  { figure: "damagedFiles", title: "files damaged", as: "count" },
  { figure: "damagedJournals", title: "journals damaged", as: "count" },
  { figure: "wrong", title: "wrong answers", as: "count", better: "less" },
  { figure: "refused", title: "refused", as: "count", better: "less" },
  { figure: "mostDiskShare", title: "disk at most, of its limit", as: "share" },
  { figure: "recoveryP50Ms", title: "recovery p50, ms", as: "figure" },
  { figure: "recoveryWorstMs", title: "recovery worst, ms", as: "figure" },
];

const RECOVERY_COLUMNS: StudyResult["columns"] = [
  { figure: "objects", title: "objects", as: "count" },
  { figure: "withJournalMs", title: "recovery, ms", as: "figure", better: "less" },
  { figure: "withoutJournalMs", title: "without the journal, ms", as: "figure" },
  { figure: "wrong", title: "wrong answers", as: "count" },
];

async function studyCrash(context: StudyContext): Promise<readonly StudyFindings[]> {
  const kills = context.wishes.runs ?? KILLS;
  const origin = await startOrigin(context.stage);
  const killed = await killAgainAndAgain(context, origin, kills);
  const objects = Math.min(MOST_OBJECTS, kills * OBJECTS_PER_KILL);
  const many = await recoverMany(context, origin, objects);
  return [findingsOfKills(killed, context.wishes.seed), findingsOfRecovery(many)];
}

function findingsOfKills(found: CrashFindings, seed: number): StudyFindings {
  const { wrong, refused, recoveryMs, mostBytes, limitBytes } = found;
  return {
    unit: { kills: found.kills, diskMebibytes: limitBytes / MEBIBYTE, seed },
    columns: KILL_COLUMNS,
    runs: [
      {
        system: OURS,
        kills: found.kills,
        answers: found.answers,
        fromStore: found.fromStore,
        damagedFiles: found.damagedFiles,
        damagedJournals: found.damagedJournals,
        wrong: wrong.length,
        refused: refused.length,
        mostDiskShare: mostBytes / limitBytes,
        recoveryP50Ms: median(recoveryMs),
        recoveryWorstMs: Math.max(...recoveryMs),
      },
    ],
    claims: [
      { claim: claimed("no wrong byte was served", wrong), holds: wrong.length === 0 },
      { claim: claimed("no answer was refused", refused), holds: refused.length === 0 },
      { claim: "the disk was never over its limit", holds: mostBytes <= limitBytes },
    ],
  };
}

function findingsOfRecovery(found: RecoveryFindings): StudyFindings {
  const { objects, withJournalMs, wrong } = found;
  return {
    unit: { objects },
    columns: RECOVERY_COLUMNS,
    runs: [{ system: OURS, ...found, wrong: wrong.length }],
    claims: [
      { claim: claimed("no wrong byte was served", wrong), holds: wrong.length === 0 },
      {
        claim: `${objects} objects were found again within ${RECOVERY_LIMIT_MS} ms (${withJournalMs} ms)`,
        holds: withJournalMs <= RECOVERY_LIMIT_MS,
      },
    ],
  };
}

function claimed(claim: string, exceptions: readonly string[]): string {
  return exceptions.length === 0 ? claim : `${claim}, but ${exceptions.slice(0, 3).join(", ")}`;
}
