/**
 * The faults of the lab: what of DESIGN §7 a viewer can meet, each with who does it.
 *
 * A fault befalls pathway A unless it says otherwise. Whatever a wire can do, the fault proxy does;
 * where the answer itself is wrong, A's source lies. With `@start` behind its name a fault is there
 * when the page opens. SIGSTOP is left out: to a viewer it is a black hole.
 */
import type { Fault } from "../../../chaos/contract/faults.ts";
import type { LabCourse, LabMode, LabSpan } from "../../contract/lab-result.ts";

/** A fault of the proxy, without its length. */
export type ProxyFault = WithoutLength<Fault>;
/** Of each member of the union by itself. */
type WithoutLength<Each> = Each extends Fault ? Omit<Each, "seconds"> : never;

export type SourceLie =
  | "status-404"
  | "html-200"
  | "short-length"
  | "corrupt"
  | "wrong-range"
  | "redirect-dead"
  | "playlist-ahead";

export type SteeringConduct =
  | "well"
  | "down"
  | "hang"
  | "429"
  | "410"
  | "garbage"
  | "ttl-0"
  | "single";

export type Blow =
  | { readonly by: "nobody" }
  | { readonly by: "proxy"; readonly fault: ProxyFault }
  | { readonly by: "source"; readonly lie: SourceLie }
  /** A's server itself is gone. */
  | { readonly by: "outage" }
  /** A fails, and B for a while once it is asked. */
  | { readonly by: "both"; readonly first: ProxyFault; readonly second: ProxyFault }
  /** Both pathways together get so many times what the lowest rendition needs. */
  | { readonly by: "link"; readonly factor: number }
  | { readonly by: "viewer" }
  /** Steering is so throughout, and meanwhile A fails. */
  | { readonly by: "steering"; readonly conduct: SteeringConduct; readonly fault: ProxyFault };

export type LabFault = {
  readonly name: string;
  readonly about: string;
  readonly blow: Blow;
  /** Whether it is there when the page opens. */
  readonly atStart: boolean;
  /** Only there does it mean anything. */
  readonly mode?: LabMode;
  /** Shorter than the others, whatever is asked for. */
  readonly longestSeconds?: number;
};

type Kind = Omit<LabFault, "name" | "atStart"> & { readonly mayBeAtStart?: boolean };

/** How long B is gone in `second-failure`, in which nobody can be reached. */
export const SECOND_FAILURE_SECONDS = 3;
export const CONTROL = "none";
const AT_START = "@start";

const proxied = (about: string, fault: ProxyFault): Kind => ({
  about,
  blow: { by: "proxy", fault },
  mayBeAtStart: true,
});
const lied = (about: string, lie: SourceLie): Kind => ({
  about,
  blow: { by: "source", lie },
  mayBeAtStart: true,
});
const steered = (about: string, conduct: SteeringConduct): Kind => ({
  about: `${about}, while A falls silent`,
  blow: { by: "steering", conduct, fault: { fault: "blackhole" } },
});

const KINDS: Readonly<Record<string, Kind>> = {
  [CONTROL]: { about: "nothing breaks: the control", blow: { by: "nobody" } },
  refuse: proxied("A refuses connections and resets those under way", { fault: "refuse" }),
  reset: proxied("16 KiB of each body, then RST", { fault: "reset" }),
  blackhole: proxied("A accepts, and never answers", { fault: "blackhole" }),
  "hang-mid": proxied("half of each body, then silence", { fault: "hang-mid" }),
  trickle: proxied("8 kB/s a response", { fault: "trickle" }),
  brownout: proxied("25 kB/s a body, far slower than real time", { fault: "brownout" }),
  latency: proxied("each head is 2 s late", { fault: "latency", ms: 2_000, jitterMs: 500 }),
  "status-503": proxied("A answers 503 to everything", { fault: "status-503" }),
  truncate: proxied("right length, half of the body, FIN", { fault: "truncate" }),
  flap: proxied("A refuses for 2 s, is well for 2 s, and so on", { fault: "flap" }),
  "stale-playlist": {
    ...proxied("A's live playlists stand still", { fault: "stale-playlist" }),
    mode: "live",
  },
  "playlist-ahead": {
    ...lied("A lists two segments that are not there yet", "playlist-ahead"),
    mode: "live",
  },
  "status-404": lied("A answers 404 for segments", "status-404"),
  "html-200": lied("A answers everything with a page and 200", "html-200"),
  "short-length": lied("half of each segment, with that length", "short-length"),
  corrupt: lied("segments of the right length, every byte wrong", "corrupt"),
  "wrong-range": lied("segments come as 206 from their middle on", "wrong-range"),
  "redirect-dead": lied("segments are redirected to a port where nobody listens", "redirect-dead"),
  kill: { about: "A's server is gone", blow: { by: "outage" }, mayBeAtStart: true },
  restart: { about: "A's server is gone for 3 s", blow: { by: "outage" }, longestSeconds: 3 },
  "second-failure": {
    about: `A hangs in mid-body; once B is asked, B refuses for ${SECOND_FAILURE_SECONDS} s`,
    blow: { by: "both", first: { fault: "hang-mid" }, second: { fault: "refuse" } },
  },
  "slow-link": {
    about: "both pathways together bring 1.2 × the lowest rendition",
    blow: { by: "link", factor: 1.2 },
  },
  "slow-link-below": {
    about: "both pathways together bring 0.8 × the lowest rendition",
    blow: { by: "link", factor: 0.8 },
  },
  offline: { about: "the viewer is offline for 5 s", blow: { by: "viewer" }, longestSeconds: 5 },
  "steering-down": steered("steering refuses", "down"),
  "steering-hang": steered("steering never answers", "hang"),
  "steering-429": steered("steering answers 429", "429"),
  "steering-410": steered("steering answers 410", "410"),
  "steering-garbage": steered("steering answers with no JSON", "garbage"),
  "steering-ttl-0": steered("steering's time to live is 0", "ttl-0"),
  "steering-single": steered("steering names A alone", "single"),
};

export const LAB_FAULTS: readonly LabFault[] = [
  ...Object.entries(KINDS).map(([name, kind]) => faultOf(name, kind, false)),
  ...Object.entries(KINDS)
    .filter(([, { mayBeAtStart }]) => mayBeAtStart === true)
    .map(([name, kind]) => faultOf(name, kind, true)),
];

function faultOf(name: string, { mayBeAtStart: _, ...kind }: Kind, atStart: boolean): LabFault {
  return { ...kind, name: atStart ? name + AT_START : name, atStart };
}

/** Groups stand for many: all that begin while the picture runs, all that are there before, or both. */
export const FAULT_GROUPS: Readonly<Record<string, (fault: LabFault) => boolean>> = {
  all: () => true,
  midplay: ({ atStart }) => !atStart,
  startup: ({ atStart }) => atStart,
};

export function findLabFault(name: string): LabFault | undefined {
  return LAB_FAULTS.find((fault) => fault.name === name);
}

/** Undefined where nothing breaks. */
export function faultSpanOf(fault: LabFault, course: LabCourse): LabSpan | undefined {
  if (fault.blow.by === "nobody") return undefined;
  const fromSeconds = fault.atStart ? 0 : course.faultAtSeconds;
  const lengthSeconds = Math.min(course.faultSeconds, fault.longestSeconds ?? course.faultSeconds);
  return { fromSeconds, toSeconds: fromSeconds + lengthSeconds };
}

/** A control lasts as long as a run in which something breaks. */
export function runSecondsOf(fault: LabFault, course: LabCourse): number {
  const { toSeconds } = faultSpanOf(fault, course) ?? {
    toSeconds: course.faultAtSeconds + course.faultSeconds,
  };
  return toSeconds + course.afterSeconds;
}
