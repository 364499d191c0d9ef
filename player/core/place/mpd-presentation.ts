/**
 * Reads an MPD into pathways, one for each BaseURL of the MPD itself, and writes the MPD that the media
 * player is shown: one BaseURL, and no steering.
 *
 * A worker has no XML parser, and little is needed: what stands before the first Period, and the
 * elements that would lead the player elsewhere. What is below a BaseURL on one pathway is found below
 * the BaseURL of another. The rest of the MPD stays as it is.
 */

import { isPlaylist } from "../../../kernel/playlist-lines.ts";
import { NO_VARIABLES } from "./playlist-variables.ts";
import {
  distinctSources,
  HLS,
  type Pathway,
  type Presentation,
  type PresentationFormat,
} from "./presentation.ts";

type BaseUrl = {
  readonly text: string;
  /** As written, `serviceLocation` among them. */
  readonly attributes: string;
  readonly serviceLocation: string | undefined;
};

/** The key of the MPD itself among a pathway's playlists. */
const MANIFEST = "manifest";
/** More places than that help nobody. */
const MAX_PATHWAYS = 64;

const MPD_TAG = /<(?:([\w.-]+):)?MPD(?=[\s>])[^>]*>/;
const PERIOD = /<(?:[\w.-]+:)?Period[\s>/]/;
const BASE_URL = element("BaseURL");
/** Where the player would refresh the MPD, or be told where to play: both are the worker's to say. */
const LEADING_AWAY = [element("ContentSteering"), element("Location"), element("PatchLocation")];

/** Either of the two. */
export const HLS_OR_DASH: PresentationFormat = {
  isManifest: (text) => isPlaylist(text) || isMpd(text),
  read: (text, url, sources) =>
    isMpd(text) ? readMpdPresentation(text, url, sources) : HLS.read(text, url, sources),
};

export function isMpd(text: string): boolean {
  const isWhole = /^[\uFEFF\s]*</.test(text) && /<\/(?:[\w.-]+:)?MPD\s*>\s*$/.test(text);
  return isWhole && MPD_TAG.test(text) && PERIOD.test(text);
}

/**
 * @param url where `text` came from, after redirects: relative URLs are resolved against it.
 * @param sources every URL that the same MPD is found at. Where it names no two places itself, each of
 *   them is one.
 */
export function readMpdPresentation(
  text: string,
  url: string,
  sources: readonly string[],
): Presentation {
  const mpd = withoutComments(text);
  const head = mpd.slice(0, mpd.search(PERIOD));
  const bases = readBaseUrls(head);
  const named = pathwaysOfBases(bases, url, sources);
  const pathways = named.length > 1 ? named : pathwaysOfSources(bases[0]?.text ?? "", url, sources);
  const steering = readSteering(head, url);
  const [best] = pathways as [Pathway, ...Pathway[]];
  const first = pathways.find(({ id }) => id === steering?.firstId) ?? best;
  return {
    pathways,
    first: first.id,
    steering: steering && { serverUri: steering.serverUri },
    playlist: showMpd(text, first.base as string),
    variables: NO_VARIABLES,
  };
}

/** The MPD as a player is shown it, with `base` as the one place of its media. */
export function showMpd(text: string, base: string): string {
  const mpd = withoutComments(text);
  const period = mpd.search(PERIOD);
  const head = mpd.slice(0, period);
  const [openTag = "", prefix] = MPD_TAG.exec(head) ?? [];
  const name = prefix === undefined ? "BaseURL" : `${prefix}:BaseURL`;
  // Some of its attributes say when segments are there, which holds for every place.
  const attributes = (readBaseUrls(head)[0]?.attributes ?? "").replace(
    /\s+(?:serviceLocation|dvb:priority|dvb:weight)\s*=\s*(?:"[^"]*"|'[^']*')/g,
    "",
  );
  const shownHead = head
    .replaceAll(BASE_URL, "")
    .replace(openTag, (tag) => `${tag}<${name}${attributes}>${escapeXml(base)}</${name}>`);
  return LEADING_AWAY.reduce(
    (shown, leading) => shown.replaceAll(leading, ""),
    shownHead + mpd.slice(period),
  );
}

/** What XML writes otherwise, as it is meant. */
export function unescapeXml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
  };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}

function pathwaysOfBases(
  bases: readonly BaseUrl[],
  url: string,
  sources: readonly string[],
): readonly Pathway[] {
  const pathways = new Map<string, Pathway>();
  for (const { text, serviceLocation } of bases.slice(0, MAX_PATHWAYS)) {
    if (!URL.canParse(text, url)) continue;
    const id = serviceLocation ?? new URL(text, url).host.replaceAll(":", "-");
    if (!pathways.has(id)) pathways.set(id, pathwayAt(id, folderOf(text, url), url, sources));
  }
  return distinctByBase([...pathways.values()]);
}

function pathwaysOfSources(
  text: string,
  url: string,
  sources: readonly string[],
): readonly Pathway[] {
  const pathways = distinctSources(url, sources).map(({ id, source }) => {
    const base = URL.canParse(text, source) ? folderOf(text, source) : folderOf("", source);
    return pathwayAt(id, base, source, [source]);
  });
  return distinctByBase(pathways);
}

/** The MPD is refreshed at the pathway's own host where one of the sources lies there. */
function pathwayAt(id: string, base: string, url: string, sources: readonly string[]): Pathway {
  const host = new URL(base).origin;
  const own = sources.find((source) => new URL(source).origin === host) ?? url;
  return { id, host, base, playlists: new Map([[MANIFEST, own]]) };
}

/** Two names of one place are one place. */
function distinctByBase(pathways: readonly Pathway[]): readonly Pathway[] {
  const bases = new Set<string | undefined>();
  return pathways.filter(({ base }) => !bases.has(base) && bases.add(base));
}

/** What relative URLs are resolved against, without what stands in it only to be replaced. */
function folderOf(text: string, url: string): string {
  return new URL(".", new URL(text, url).href).href;
}

function readBaseUrls(head: string): readonly BaseUrl[] {
  return Array.from(head.matchAll(BASE_URL), ([, attributes = "", content = ""]) => ({
    text: unescapeXml(content.trim()),
    attributes,
    serviceLocation: readAttribute(attributes, "serviceLocation"),
  }));
}

function readSteering(head: string, url: string) {
  const [[, attributes = "", content = ""] = []] = head.matchAll(element("ContentSteering"));
  const address = unescapeXml(content.trim());
  // Steering that cannot be asked is no reason not to play.
  if (address === "" || !URL.canParse(address, url)) return undefined;
  const [firstId] = (readAttribute(attributes, "defaultServiceLocation") ?? "").split(" ");
  return { serverUri: new URL(address, url).href, firstId };
}

function readAttribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return value === null ? undefined : unescapeXml(value[1] ?? value[2] ?? "");
}

/** An element that holds only text: its attributes and its text. */
function element(name: string): RegExp {
  return new RegExp(
    `<(?:[\\w.-]+:)?${name}((?:\\s[^>]*?)?)(?:/>|>([^<]*)</(?:[\\w.-]+:)?${name}\\s*>)`,
    "g",
  );
}

function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, "");
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
