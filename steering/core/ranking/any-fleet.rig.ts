/** Fleets and viewers for the tests of the ranking: a notation for small ones, and every kind. */
import fc from "fast-check";
import type { HealthState } from "../../contract/fleet-view.ts";
import type { RankedNode, Viewer } from "./ranked-node.ts";
import { RANKING_POLICY, type RankingPolicy } from "./ranking-policy.ts";

/** Points that the examples can reckon with, however the real ones are tuned. */
export const EXAMPLE_POLICY: RankingPolicy = {
  ...RANKING_POLICY,
  healthPoints: 100,
  distancePoints: 40,
  affinityPoints: 12,
  loadPoints: 20,
  costPoints: 10,
  keptPoints: 15,
  homePoints: 28,
  keptOrderPoints: 6,
  preferPoints: 50,
  fullFromLoad: 0.9,
  sheddingShare: 0.2,
  boundFactor: 1.25,
  joinBoundFactor: 1.2,
  smallestBound: 8,
};

/** Without the allowance for small numbers, so that bounds bite in small examples. */
export const STRICT_POLICY: RankingPolicy = { ...EXAMPLE_POLICY, smallestBound: 1 };

export const WELL: Omit<RankedNode, "id"> = {
  kind: "appliance",
  region: "east",
  state: "up",
  grade: 1,
  complaint: 0,
  gradeReason: "well",
  isOurWordAlone: false,
  load: 0,
  isShedding: false,
  weight: 1,
  viewers: 0,
  cost: 0,
  admittedShare: 1,
  override: undefined,
};

export const NEWCOMER: Viewer = {
  sessionId: "session-1",
  region: "east",
  title: "demo/vod/x/master.m3u8",
  current: undefined,
  kept: [],
};

const LETTERS: Readonly<Record<string, HealthState>> = {
  U: "up",
  R: "recovering",
  W: "draining",
  D: "down",
  G: "gone",
};

/** `a:east:U` is a node that is up; `a:east:U!` a full one, `a:east:U?` a sick one. */
export function nodesOf(marks: string): RankedNode[] {
  return marks.split(" ").map((mark) => {
    const [id = "", region = "", state = ""] = mark.split(":");
    return {
      ...WELL,
      id,
      region,
      state: LETTERS[state.charAt(0)] ?? "up",
      load: state.endsWith("!") ? 0.95 : 0,
      grade: state.endsWith("?") ? 0.3 : 1,
      gradeReason: state.endsWith("?") ? "first byte after 900 ms" : "well",
    };
  });
}

export function equalNodes(count: number, facts: Partial<RankedNode> = {}): RankedNode[] {
  return Array.from({ length: count }, (_, at) => ({ ...WELL, id: `node-${at}`, ...facts }));
}

const REGIONS = ["east", "north", "south", "west"];
const STATES = ["up", "recovering", "draining", "down", "gone"] as const;
const OVERRIDES = ["drain", "exclude", "prefer", "trust"] as const;

/** Names that a viewer may know as well. */
const anyId = fc.integer({ min: 0, max: 300 }).map((number) => `node-${number}`);

/** Mostly well, as fleets are, or else ties and bounds would never be met. */
function anyNode(): fc.Arbitrary<RankedNode> {
  return fc.record({
    id: anyId,
    kind: fc.constantFrom("appliance" as const, "cdn" as const),
    region: fc.constantFrom(...REGIONS),
    state: mostly("up" as const, fc.constantFrom(...STATES)),
    grade: mostly(1, fc.double({ min: 0, max: 1, noNaN: true })),
    complaint: mostly(0, fc.constantFrom(0.1, 0.3)),
    gradeReason: fc.constant("well"),
    isOurWordAlone: fc.boolean(),
    load: mostly(0, fc.double({ min: 0, max: 1.2, noNaN: true })),
    isShedding: mostly(false, fc.boolean()),
    weight: mostly(1, fc.constantFrom(0.1, 0.5, 2, 10)),
    viewers: mostly(0, fc.integer({ min: 0, max: 60 })),
    cost: mostly(0, fc.constantFrom(0.5, 1, 3)),
    admittedShare: mostly(1, fc.double({ min: 0, max: 1, noNaN: true })),
    override: mostly(undefined, fc.constantFrom(...OVERRIDES)),
  });
}

export function anyFleet(maxLength: number, minLength = 1): fc.Arbitrary<RankedNode[]> {
  return fc.uniqueArray(anyNode(), {
    selector: ({ id }) => id,
    minLength,
    maxLength,
    size: "max",
  });
}

export function anyViewer(): fc.Arbitrary<Viewer> {
  return fc.record({
    sessionId: fc.string(),
    region: fc.constantFrom(...REGIONS, "nowhere", undefined),
    title: fc.string(),
    current: fc.option(anyId, { nil: undefined }),
    kept: fc.array(anyId, { maxLength: 20 }),
  });
}

/** Only the parts that a viewer has who has not yet been sent anywhere. */
export function anyNewcomer(): fc.Arbitrary<Viewer> {
  return anyViewer().map((viewer) => ({ ...viewer, current: undefined, kept: [] }));
}

function mostly<Usual, Odd>(usual: Usual, odd: fc.Arbitrary<Odd>): fc.Arbitrary<Usual | Odd> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd });
}
