/**
 * Takes the plain questions for a manifest, which are nearly all that steering hears, straight to the
 * composer: a GET of the very path, with a query in which nothing is encoded.
 *
 * Fastify's router, request and reply would cost as much as composing and decide nothing. Whatever is not
 * plain in any way goes to Fastify, which answers the same.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { EXPOSED_HEADERS } from "../../chassis/cross-origin.ts";
import {
  DASH_STEERING_PATH,
  DASH_STEERING_TYPE,
  STEERING_MANIFEST_PATH,
  STEERING_MANIFEST_TYPE,
} from "../contract/steering-manifest.ts";
import {
  type DependencyEdge,
  type DependencyLedger,
  noteCall,
} from "../core/dependencies/dependency-ledger.ts";
import { CLONE_MARK } from "../core/session/clone-mark.ts";
import { STEERING } from "../dependencies/note-inbound-calls.ts";
import {
  type ComposeManifest,
  type ManifestKind,
  type ManifestQuestion,
  QUERY_PREFIX,
} from "./compose-manifest.ts";

export type PlainManifestsOptions = {
  readonly compose: ComposeManifest;
  readonly ledger: DependencyLedger;
  readonly now: () => number;
};

type Way = {
  readonly kind: ManifestKind;
  readonly start: string;
  /** Names and values in turn, as Node takes them fastest; the length is added. */
  readonly headers: readonly string[];
  readonly edge: DependencyEdge;
};

/** Longer than any that we give out; a longer one is not plain. */
const MAX_TARGET_LENGTH = 4_096;

/** @returns whether the request was taken; otherwise nothing has been done with it. */
export function newPlainManifestTaker({ compose, ledger, now }: PlainManifestsOptions) {
  const ways = [
    newWay("hls", STEERING_MANIFEST_PATH, STEERING_MANIFEST_TYPE),
    newWay("dash", DASH_STEERING_PATH, `${DASH_STEERING_TYPE}; charset=utf-8`),
  ];

  function newWay(kind: ManifestKind, path: string, type: string): Way {
    return {
      kind,
      start: `${path}?`,
      headers: [
        ["cache-control", "no-store"],
        ["content-type", type],
        ["access-control-allow-origin", "*"],
        ["access-control-expose-headers", EXPOSED_HEADERS.join(", ")],
        ["content-length"],
      ].flat(),
      edge: ledger.hold({ caller: "viewers", callee: STEERING, purpose: `steer-${kind}` }, now()),
    };
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { method, url: target = "" } = request;
    if (method !== "GET" || !isPlain(target)) return false;
    const way = ways.find(({ start }) => target.startsWith(start));
    if (way === undefined) return false;
    const beganAtMs = now();
    const text = attempt(() => compose(readQuestion(way.kind, target.slice(way.start.length))));
    if (text === undefined) return false;
    const bytes = Buffer.byteLength(text);
    response.writeHead(200, [...way.headers, String(bytes)]);
    // Node writes head and body at once, and without encoding them, where each character is a byte.
    response.end(text, bytes === text.length ? "latin1" : "utf8");
    const nowMs = now();
    noteCall(way.edge, nowMs, nowMs - beganAtMs);
    return true;
  };
}

/** A mistake of ours is left to Fastify, which answers it: here it would end the process. */
function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isPlain(target: string): boolean {
  return target.length <= MAX_TARGET_LENGTH && !/[%+#]/.test(target);
}

/** Of parameters that stand twice the first one counts, as everywhere. */
function readQuestion(kind: ManifestKind, query: string): ManifestQuestion {
  const prefix = QUERY_PREFIX[kind];
  let session: string | undefined;
  let pathway: string | undefined;
  let throughput: string | undefined;
  let mayHaveClones = false;
  for (const part of query.split("&")) {
    if (part === CLONE_MARK) mayHaveClones = true;
    const cut = part.indexOf("=");
    if (cut === -1) continue;
    const name = part.slice(0, cut);
    const value = part.slice(cut + 1);
    if (name === "session") session ??= value;
    else if (name === `${prefix}_pathway`) pathway ??= value;
    else if (name === `${prefix}_throughput`) throughput ??= value;
  }
  return { kind, session, pathway, throughput, mayHaveClones };
}
