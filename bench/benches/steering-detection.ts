/** How soon steering notices that an appliance is ill, and that it is well again: on a real fleet. */
import { Type } from "typebox";
import { Value } from "typebox/value";
import { Agent, type Dispatcher } from "undici";
import { CATALOG_PATH } from "../../origin/contract/catalog.ts";
import { playPath } from "../../steering/contract/play.ts";
import type { StudyClaim, StudyResult, StudyRun } from "../contract/study-result.ts";
import { median } from "../core/summarise-rounds.ts";
import {
  type Detection,
  detectFault,
  type Scene,
  sitThroughFlapping,
} from "../detection/detect-fault.ts";
import {
  DETECTION_CASES,
  type DetectionCase,
  FLAP_REGION,
  FLAP_SECONDS,
  flap,
} from "../detection/detection-cases.ts";
import { BenchError } from "../errors.ts";
import { askForSuccess } from "../systems/ask.ts";
import { type DemoFleet, startDemoFleet } from "../systems/demo-fleet.ts";
import { openSteeringSession, type SteeringSession } from "../viewers/steering-session.ts";
import type { Study, StudyContext, StudyFindings } from "./bench.ts";

const RUNS = 3;
/** Fleets side by side: idle ones cost little, and a run takes two minutes. */
const FLEETS_AT_ONCE = 3;
const ELIGIBLE_LIMIT_SECONDS = 10;
const MOST_CHANGES = 2;

export const STEERING_DETECTION: Study = {
  kind: "study",
  name: "steering-detection",
  question: "How soon does steering notice that an appliance is ill, and that it is well again?",
  notes: [
    "Fleets of real processes with the patience of the demo profile, each run one of its own; the runs go on side by side. Sessions of a film each and of a live channel ask for a manifest every 100 ms with tokens of their own. The clock starts before the order to break or to mend is given.",
    "Detected: the appliance was in no session's first place, and stayed out for 1.5 s. Eligible: up, and fit for a first place. Full: with all the viewers that it may have. Each fault is done to another appliance, so that none has fallen before; what never came within its limit is told as the limit.",
  ],
  run: (context) => studyDetection(context, DETECTION_CASES),
};

const COLUMNS: StudyResult["columns"] = [
  { figure: "detectedMedianSeconds", title: "detected, s", as: "figure", better: "less" },
  { figure: "detectedWorstSeconds", title: "worst, s", as: "figure" },
  { figure: "eligibleMedianSeconds", title: "eligible, s", as: "figure", better: "less" },
  { figure: "eligibleWorstSeconds", title: "worst, s", as: "figure" },
  { figure: "fullMedianSeconds", title: "full, s", as: "figure" },
  { figure: "fullWorstSeconds", title: "worst, s", as: "figure" },
  { figure: "arithmetic", title: "arithmetic", as: "figure" },
];

const FLAP_COLUMNS: StudyResult["columns"] = [
  { figure: "changesMedian", title: "changes of order", as: "figure", better: "less" },
  { figure: "changesWorst", title: "worst", as: "count" },
];

type FleetFindings = {
  readonly detections: ReadonlyMap<DetectionCase, Detection>;
  readonly changes: number;
};

export async function studyDetection(
  context: StudyContext,
  cases: readonly DetectionCase[],
  flapSeconds = FLAP_SECONDS,
): Promise<readonly StudyFindings[]> {
  const runs = context.wishes.runs ?? RUNS;
  const dispatcher = new Agent();
  try {
    const found: FleetFindings[] = [];
    while (found.length < runs) {
      const together = Math.min(FLEETS_AT_ONCE, runs - found.length);
      const fleets: DemoFleet[] = [];
      for (let fleet = 0; fleet < together; fleet += 1) {
        context.progress(`run ${found.length + fleet + 1}: a fleet starts ...`);
        const regions = [...cases.map(({ region }) => region), FLAP_REGION];
        fleets.push(await startDemoFleet(context.stage, { regions, appliances: regions.length }));
      }
      const each = fleets.map((fleet) =>
        studyFleet(fleet, { context, dispatcher, cases, flapSeconds }),
      );
      found.push(...(await Promise.all(each)));
      for (const fleet of fleets) await fleet.stop();
    }
    return [findingsOfCases(cases, found), findingsOfFlap(found, flapSeconds)];
  } finally {
    await dispatcher.destroy();
  }
}

type FleetStudy = {
  readonly context: StudyContext;
  readonly dispatcher: Dispatcher;
  readonly cases: readonly DetectionCase[];
  readonly flapSeconds: number;
};

async function studyFleet(
  fleet: DemoFleet,
  { context, dispatcher, cases, flapSeconds }: FleetStudy,
): Promise<FleetFindings> {
  const { now, signal, progress } = context;
  const paths = await playablePaths(fleet);
  const sceneIn = async (region: string): Promise<Scene> => ({
    fleet,
    sessions: await openSessions(fleet, { paths, region, dispatcher }),
    now,
    signal,
  });
  const detections = new Map<DetectionCase, Detection>();
  for (const what of cases) {
    const detection = await detectFault(await sceneIn(what.region), what);
    detections.set(what, detection);
    const { detectedSeconds, eligibleSeconds } = detection;
    progress(
      `${what.name.padEnd(14)} detected in ${detectedSeconds.toFixed(1)} s, eligible again in ${eligibleSeconds.toFixed(1)} s`,
    );
  }
  const changes = await sitThroughFlapping(
    await sceneIn(FLAP_REGION),
    (appliance) => fleet.breaks(appliance, flap(flapSeconds)),
    flapSeconds,
  );
  progress(`flapping for ${flapSeconds} s: ${changes} changes of order`);
  return { detections, changes };
}

/** Every title, and every live channel: steering learns which lists are live from who plays them. */
async function playablePaths({ originUrl }: DemoFleet): Promise<string[]> {
  const entries = Type.Array(Type.Object({ id: Type.String() }));
  const catalog = Type.Object({ titles: entries, channels: entries });
  const { body } = await askForSuccess(originUrl + CATALOG_PATH);
  const { titles, channels } = Value.Parse(catalog, JSON.parse(body.toString()));
  const paths = [
    ...titles.map(({ id }) => `/vod/${id}/master.m3u8`),
    ...channels.map(({ id }) => `/live/${id}/master.m3u8`),
  ];
  if (channels.length === 0) throw new BenchError("The origin has no live channel to play");
  return paths;
}

function openSessions(
  { steeringUrl }: DemoFleet,
  wishes: {
    readonly paths: readonly string[];
    readonly region: string;
    readonly dispatcher: Dispatcher;
  },
): Promise<SteeringSession[]> {
  const { paths, region, dispatcher } = wishes;
  return Promise.all(
    paths.map((path) =>
      openSteeringSession(steeringUrl + playPath("demo", path, region), dispatcher),
    ),
  );
}

function findingsOfCases(
  cases: readonly DetectionCase[],
  found: readonly FleetFindings[],
): StudyFindings {
  const runs: StudyRun[] = [];
  const claims: StudyClaim[] = [];
  for (const what of cases) {
    const detections = found.flatMap(({ detections: each }) => each.get(what) ?? []);
    const detected = detections.map(({ detectedSeconds }) => detectedSeconds);
    const eligible = detections.map(({ eligibleSeconds }) => eligibleSeconds);
    const full = detections.map(({ fullSeconds }) => fullSeconds);
    const { name, arithmetic, limitSeconds } = what;
    runs.push({
      system: name,
      detectedMedianSeconds: median(detected),
      detectedWorstSeconds: Math.max(...detected),
      eligibleMedianSeconds: median(eligible),
      eligibleWorstSeconds: Math.max(...eligible),
      fullMedianSeconds: median(full),
      fullWorstSeconds: Math.max(...full),
      arithmetic,
    });
    claims.push(
      within(`${name}: out of every first place`, { seconds: detected, limitSeconds }),
      within(`${name}: eligible again`, {
        seconds: eligible,
        limitSeconds: ELIGIBLE_LIMIT_SECONDS,
      }),
    );
  }
  return {
    unit: { appliances: cases.length + 1, runs: found.length },
    columns: COLUMNS,
    runs,
    claims,
  };
}

function within(
  what: string,
  { seconds, limitSeconds }: { readonly seconds: readonly number[]; readonly limitSeconds: number },
): StudyClaim {
  const worst = Math.max(...seconds);
  return {
    claim: `${what} within ${limitSeconds} s in every run (${worst.toFixed(2)} s)`,
    holds: worst <= limitSeconds,
  };
}

function findingsOfFlap(found: readonly FleetFindings[], flapSeconds: number): StudyFindings {
  const changes = found.map((each) => each.changes);
  const worst = Math.max(...changes);
  return {
    unit: { fault: "flap: 2 s down, 2 s up", seconds: flapSeconds, runs: found.length },
    columns: FLAP_COLUMNS,
    runs: [{ system: "flap", changesMedian: median(changes), changesWorst: worst }],
    claims: [
      {
        claim: `flapping for ${flapSeconds} s causes at most ${MOST_CHANGES} changes of order (${worst})`,
        holds: worst <= MOST_CHANGES,
      },
    ],
  };
}
