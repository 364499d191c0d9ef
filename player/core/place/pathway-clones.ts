/**
 * Pathways that steering adds to a session: each is another one with some of its URIs replaced
 * (draft-pantos-content-steering §5.1, §6.4).
 *
 * A new appliance joins running sessions in this way. What the server sends is read with distrust, and
 * a clone that makes no sense is left out without harm to the others.
 */
import { type Pathway, stableIdOf } from "./presentation.ts";

export type PathwayClone = {
  readonly id: string;
  readonly baseId: string;
  /** Host, and port where one is given: the draft forbids it, and a box on another port needs it. */
  readonly host: string | undefined;
  /** Query parameter → value, both as they are to be written. */
  readonly params: ReadonlyMap<string, string>;
  /** Stable id → URL, before which host and parameters count for nothing. */
  readonly variantUris: ReadonlyMap<string, string>;
  readonly renditionUris: ReadonlyMap<string, string>;
};

const MAX_CLONES = 64;
const MAX_ENTRIES = 256;
const PATHWAY_ID = /^[A-Za-z0-9._-]{1,256}$/;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The value of PATHWAY-CLONES. */
export function readClones(value: unknown): readonly PathwayClone[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_CLONES).flatMap((each) => readClone(each) ?? []);
}

/** Undefined where nothing of the base can be found under the clone's addresses. */
export function clonePathway(base: Pathway, clone: PathwayClone): Pathway | undefined {
  const playlists = new Map<string, string>();
  for (const [key, url] of base.playlists) {
    const stable = stableIdOf(key);
    const uris = stable?.of === "variant" ? clone.variantUris : clone.renditionUris;
    const own = stable && uris.get(stable.id);
    const replaced = own ?? replace(url, clone);
    if (replaced !== undefined) playlists.set(key, replaced);
  }
  // What the URLs of an MPD's media begin with moves by its host alone.
  const start = base.base && replace(base.base, { ...clone, params: new Map() });
  const first = [...playlists.values()][0] ?? start;
  if (!first) return undefined;
  const pathway = { id: clone.id, host: new URL(first).origin, playlists };
  return start ? { ...pathway, base: start } : pathway;
}

function readClone(value: unknown): PathwayClone | undefined {
  const { "BASE-ID": baseId, ID: id, "URI-REPLACEMENT": replacement } = fieldsOf(value);
  if (!isPathwayId(id) || !isPathwayId(baseId) || id === baseId) return undefined;
  const fields = fieldsOf(replacement);
  const { HOST: host } = fields;
  const isHost = typeof host === "string" && HOST.test(host) && URL.canParse(`http://${host}`);
  // A host that is none leads nowhere; without one, that of the base counts.
  if (host !== undefined && host !== "" && !isHost) return undefined;
  return {
    id,
    baseId,
    host: isHost ? host : undefined,
    params: textsOf(fields["PARAMS"]),
    variantUris: urlsOf(fields["PER-VARIANT-URIS"]),
    renditionUris: urlsOf(fields["PER-RENDITION-URIS"]),
  };
}

function replace(written: string, { host, params }: PathwayClone): string | undefined {
  const { protocol, host: own, port, pathname, search } = new URL(written);
  // Without a port in it, a host takes the place of the name alone.
  const hasPort = host === undefined || /:\d+$/.test(host) || port === "";
  const authority = host === undefined ? own : hasPort ? host : `${host}:${port}`;
  let query = search.slice(1);
  for (const [name, value] of params) query = withParameter(query, name, value);
  const url = `${protocol}//${authority}${pathname}${query === "" ? "" : `?${query}`}`;
  return URL.canParse(url) ? new URL(url).href : undefined;
}

/** Both are percent-encoded already; one of the same name gives way. */
function withParameter(query: string, name: string, value: string): string {
  const parameter = `${name}=${value}`;
  const others = query.split("&");
  const kept = others.filter((other) => other !== "" && other.split("=", 1)[0] !== name);
  return [...kept, parameter].join("&");
}

/** Sorted by name, as the draft has them written. */
function textsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(value)).slice(0, MAX_ENTRIES);
  const texts = entries.flatMap(([name, text]): [string, string][] =>
    typeof text === "string" ? [[encoded(name), encoded(text)]] : [],
  );
  return new Map(texts.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** What would end the parameter, or the query. */
function encoded(text: string): string {
  return text.replace(/[&#\s]/g, encodeURIComponent);
}

function urlsOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(value)).slice(0, MAX_ENTRIES);
  return new Map(
    entries.flatMap(([id, url]): [string, string][] =>
      typeof url === "string" && /^https?:/i.test(url) && URL.canParse(url)
        ? [[id, new URL(url).href]]
        : [],
    ),
  );
}

function isPathwayId(value: unknown): value is string {
  return typeof value === "string" && PATHWAY_ID.test(value);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
