/**
 * What steering must know of a viewer, written into the token that the viewer carries, so that no
 * server has to remember anybody.
 *
 * The pathways are those of the playlist that the session got: a manifest that named others would
 * name what the player cannot play. Signing is the shell's part (session/session-signer.ts).
 */
export type ViewerSession =
  | { readonly kind: "anonymous"; readonly id: string }
  | {
      readonly kind: "play";
      readonly id: string;
      readonly source: string;
      readonly path: string;
      readonly region: string | undefined;
      readonly pathways: readonly string[];
    };

export type SessionReading =
  | { readonly ok: true; readonly session: ViewerSession }
  | { readonly ok: false; readonly reason: "unreadable" | "other-version" | "expired" };

const VERSION = 1;

export function writeSession(session: ViewerSession, expiresAtSeconds: number): string {
  const shared = { version: VERSION, id: session.id, expires: expiresAtSeconds };
  if (session.kind === "anonymous") return JSON.stringify(shared);
  const { source, path, region, pathways } = session;
  return JSON.stringify({ ...shared, source, path, region, pathways });
}

/** Reads what was signed; still checked, because an older or newer steering may have signed it. */
export function readSession(text: string, nowSeconds: number): SessionReading {
  const fields = parseObject(text);
  if (fields === undefined) return { ok: false, reason: "unreadable" };
  if (fields["version"] !== VERSION) return { ok: false, reason: "other-version" };
  const { id, expires, source, path, region, pathways } = fields;
  if (!isText(id) || typeof expires !== "number") return { ok: false, reason: "unreadable" };
  if (nowSeconds >= expires) return { ok: false, reason: "expired" };
  if (source === undefined) return { ok: true, session: { kind: "anonymous", id } };
  if (
    !isText(source) ||
    !isText(path) ||
    !isOptionalText(region) ||
    !isTexts(pathways) ||
    pathways.length === 0
  ) {
    return { ok: false, reason: "unreadable" };
  }
  return { ok: true, session: { kind: "play", id, source, path, region, pathways } };
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
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
