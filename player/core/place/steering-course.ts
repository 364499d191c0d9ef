/**
 * Follows a steering server through its answers, good and bad: what the order is, when to ask next
 * and where (draft-pantos-content-steering §5–§7).
 *
 * Steering advises and playback never waits for it. Whatever comes back, the last good order stays
 * and the next question is set for a bounded time away: no answer ends steering except 410, and
 * none can make the client ask in a loop.
 */
import { type PathwayClone, readClones } from "./pathway-clones.ts";

export type SteeringCourse = {
  readonly state: "unknown" | "following" | "unreachable" | "ended";
  /** All that can be chosen: what the multivariant playlist lists, and the latest manifest's clones. */
  readonly order: readonly string[];
  /** What the multivariant playlist lists. */
  readonly listed: readonly string[];
  /** The clones that were defined, bases before clones of them: the first definition of an id holds. */
  readonly clones: ReadonlyMap<string, PathwayClone>;
  readonly ttlSeconds: number;
  readonly reloadUri: string;
  readonly nextLoadMs: number;
};

export type SteeringAnswer =
  | { readonly kind: "no-answer" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly url: string;
      /** Undefined where the header is absent or cannot be read. */
      readonly retryAfterSeconds: number | undefined;
      readonly body: unknown;
    };

const DEFAULT_TTL_SECONDS = 300;
const LEAST_TTL_SECONDS = 1;
const MOST_TTL_SECONDS = 3_600;
/** After silence, ask again soon: its absence is a reason to be quick, its TTL is not known to hold. */
const RETRY_SECONDS = 5;
const MAX_PATHWAYS = 64;
const MAX_CLONES_DEFINED = 256;
const MAX_ID_LENGTH = 256;

export function startSteering(
  serverUri: string,
  order: readonly string[],
  nowMs: number,
): SteeringCourse {
  return {
    state: "unknown",
    order,
    listed: order,
    clones: new Map(),
    ttlSeconds: DEFAULT_TTL_SECONDS,
    reloadUri: serverUri,
    nextLoadMs: nowMs,
  };
}

export function observeSteering(
  course: SteeringCourse,
  answer: SteeringAnswer,
  world: { readonly nowMs: number; readonly random: () => number },
): SteeringCourse {
  if (answer.kind === "no-answer") return askAgain(course, RETRY_SECONDS, world);
  if (answer.status === 410) {
    return { ...course, state: "ended", nextLoadMs: Number.POSITIVE_INFINITY };
  }
  if (answer.status === 429) {
    const seconds = clampTtl(answer.retryAfterSeconds ?? course.ttlSeconds);
    // Not a moment earlier than it was told, unlike a time to live.
    return { ...askAgain(course, seconds, world), nextLoadMs: world.nowMs + seconds * 1_000 };
  }
  const manifest = answer.status === 200 ? readManifest(answer.body) : undefined;
  if (manifest === undefined) {
    return askAgain(course, Math.min(course.ttlSeconds, RETRY_SECONDS), world);
  }

  // The order names what it prefers; pathways that it leaves out stay known, behind the named ones. Of
  // the clones, only those of this manifest can be chosen.
  const clones = defineClones(course, manifest.clones);
  const offered = manifest.clones.map(({ id }) => id).filter((id) => clones.has(id));
  const known = new Set([...course.order.filter((id) => course.listed.includes(id)), ...offered]);
  const named = manifest.order.filter((id) => known.has(id));
  return {
    state: "following",
    order: [...new Set([...named, ...known])],
    listed: course.listed,
    clones,
    ttlSeconds: manifest.ttlSeconds,
    reloadUri: reloadUriOf(manifest.reloadUri, answer.url) ?? course.reloadUri,
    nextLoadMs: inAbout(manifest.ttlSeconds, world),
  };
}

/**
 * A clone of what is unknown leads nowhere; one may be listed before the one that it is a clone of. Where there
 * are too many, those that nobody offers are forgotten, unless one that is offered is a clone of theirs.
 */
function defineClones(
  { listed, clones }: SteeringCourse,
  offered: readonly PathwayClone[],
): SteeringCourse["clones"] {
  const needed = new Set(offered.flatMap(({ id, baseId }) => [id, baseId]));
  for (const { id, baseId } of [...clones.values()].reverse()) {
    if (needed.has(id)) needed.add(baseId);
  }
  const isRoom = clones.size + offered.length <= MAX_CLONES_DEFINED;
  const defined = new Map([...clones].filter(([id]) => isRoom || needed.has(id)));
  const isKnown = (id: string) => listed.includes(id) || defined.has(id);
  for (let before = -1; before !== defined.size; ) {
    before = defined.size;
    for (const clone of offered) {
      const mayDefine = !isKnown(clone.id) && isKnown(clone.baseId);
      if (mayDefine && defined.size < MAX_CLONES_DEFINED) defined.set(clone.id, clone);
    }
  }
  return defined;
}

function reloadUriOf(written: string | undefined, base: string): string | undefined {
  if (written === undefined || !URL.canParse(written, base)) return undefined;
  const { protocol, href } = new URL(written, base);
  return /^https?:$/.test(protocol) ? href : undefined;
}

/**
 * The question, with what the draft lets the server know (§6): where playback is, and how quick. The server's
 * own parameters stay as they were written: a signature may cover them, and ours marks its addresses by a
 * spelling that is lost where the query is written anew.
 */
export function steeringQuestion(
  course: SteeringCourse,
  current: string | undefined,
  throughputBitsPerSecond: number | undefined,
): string {
  const facts: string[] = [];
  if (current !== undefined) facts.push(`_HLS_pathway=${encodeURIComponent(current)}`);
  if (throughputBitsPerSecond !== undefined && throughputBitsPerSecond > 0) {
    facts.push(`_HLS_throughput=${Math.round(throughputBitsPerSecond)}`);
  }
  const [bare = ""] = course.reloadUri.split("#");
  if (facts.length === 0) return bare;
  return `${bare}${bare.includes("?") ? "&" : "?"}${facts.join("&")}`;
}

function askAgain(
  course: SteeringCourse,
  seconds: number,
  world: { readonly nowMs: number; readonly random: () => number },
): SteeringCourse {
  return { ...course, state: "unreachable", nextLoadMs: inAbout(seconds, world) };
}

/** Up to a tenth earlier, so that viewers who opened together do not ask together for ever. */
function inAbout(
  seconds: number,
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): number {
  return nowMs + Math.max(LEAST_TTL_SECONDS, seconds * (1 - 0.1 * random())) * 1_000;
}

type Manifest = {
  readonly order: readonly string[];
  readonly ttlSeconds: number;
  readonly reloadUri: string | undefined;
  readonly clones: readonly PathwayClone[];
};

function readManifest(body: unknown): Manifest | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const fields = body as Readonly<Record<string, unknown>>;
  if (fields["VERSION"] !== 1) return undefined;
  const priority = fields["PATHWAY-PRIORITY"];
  if (!Array.isArray(priority)) return undefined;
  const order = priority
    .slice(0, MAX_PATHWAYS)
    .filter((id): id is string => typeof id === "string" && id.length <= MAX_ID_LENGTH);
  const ttl = fields["TTL"];
  const reloadUri = fields["RELOAD-URI"];
  return {
    order: [...new Set(order)],
    ttlSeconds: clampTtl(typeof ttl === "number" ? ttl : DEFAULT_TTL_SECONDS),
    reloadUri: typeof reloadUri === "string" ? reloadUri : undefined,
    clones: readClones(fields["PATHWAY-CLONES"]),
  };
}

function clampTtl(seconds: number): number {
  if (Number.isNaN(seconds)) return DEFAULT_TTL_SECONDS;
  return Math.min(MOST_TTL_SECONDS, Math.max(LEAST_TTL_SECONDS, seconds));
}
