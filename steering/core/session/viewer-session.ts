/**
 * What steering must know of a viewer, written into the token that the viewer carries, so that no
 * server has to remember anybody and any replica can answer.
 *
 * The pathways are those of the playlist that the session got: a manifest that named others would
 * name what the player cannot play. Each stands with a fingerprint of its address, because a node that
 * comes back elsewhere under its old name is another pathway to a player that has the old playlist.
 * Signing is the shell's part (session/session-signer.ts).
 */
import { hashText } from "../../../kernel/seeded-random.ts";

export type ListedPathway = { readonly id: string; readonly fingerprint: string };

/** What follows from a session and is needed with each of its manifests. */
export type SessionFacts = {
  /** Of source and path: those who watch the same have the same. */
  readonly title: string;
  /** Of the pathways, in their order. */
  readonly ids: readonly string[];
};

export type PlaySession = {
  readonly kind: "play";
  readonly id: string;
  readonly source: string;
  readonly path: string;
  readonly region: string | undefined;
  /** In the order of the playlist, the first one that the player began on. */
  readonly pathways: readonly ListedPathway[];
};
export type ViewerSession = { readonly kind: "anonymous"; readonly id: string } | PlaySession;

export type SessionReading =
  | { readonly ok: true; readonly session: ViewerSession; readonly expiresAtSeconds: number }
  | { readonly ok: false; readonly reason: "unreadable" | "other-version" | "expired" };

const VERSION = 2;
/** Cannot stand in a pathway id (draft-pantos-content-steering §3). */
const SEPARATOR = "~";

export function factsOf({ source, path, pathways }: PlaySession): SessionFacts {
  return { title: `${source}${path}`, ids: pathways.map(({ id }) => id) };
}

/** Tells one address from another, in a few characters; not for secrets. */
export function pathwayFingerprint(url: string): string {
  return hashText(url).toString(36);
}

/** The names are short because every request for a manifest carries them. */
export function writeSession(session: ViewerSession, expiresAtSeconds: number): string {
  const shared = { v: VERSION, i: session.id, e: expiresAtSeconds };
  if (session.kind === "anonymous") return JSON.stringify(shared);
  const { source, path, region, pathways } = session;
  const listed = pathways.map(({ id, fingerprint }) => id + SEPARATOR + fingerprint);
  return JSON.stringify({ ...shared, s: source, p: path, r: region, w: listed });
}

/** Reads what was signed; still checked, because an older or newer steering may have signed it. */
export function readSession(text: string, nowSeconds: number): SessionReading {
  const fields = parseObject(text);
  if (fields === undefined) return UNREADABLE;
  if (fields["v"] !== VERSION) return { ok: false, reason: "other-version" };
  const { i: id, e: expiresAtSeconds, s: source, p: path, r: region, w: listed } = fields;
  if (!isText(id) || typeof expiresAtSeconds !== "number") return UNREADABLE;
  if (nowSeconds >= expiresAtSeconds) return { ok: false, reason: "expired" };
  if (source === undefined) {
    return { ok: true, session: { kind: "anonymous", id }, expiresAtSeconds };
  }
  const pathways = readPathways(listed);
  if (!isText(source) || !isText(path) || !isOptionalText(region) || pathways === undefined) {
    return UNREADABLE;
  }
  return {
    ok: true,
    session: { kind: "play", id, source, path, region, pathways },
    expiresAtSeconds,
  };
}

const UNREADABLE = { ok: false, reason: "unreadable" } as const;

function readPathways(listed: unknown): readonly ListedPathway[] | undefined {
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  const pathways: ListedPathway[] = [];
  for (const entry of listed) {
    const cut = isText(entry) ? entry.indexOf(SEPARATOR) : -1;
    if (cut < 1) return undefined;
    pathways.push({ id: entry.slice(0, cut), fingerprint: entry.slice(cut + 1) });
  }
  return pathways;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Not JSON: unreadable, which the caller answers.
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string";
const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || isText(value);
