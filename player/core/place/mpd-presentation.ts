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
const LOCATION = element("Location");
/** Where the player would refresh the MPD, or be told where to play: both are the worker's to say. */
const LEADING_AWAY = [element("ContentSteering"), LOCATION, element("PatchLocation")];

/** Either of the two. */
export const HLS_OR_DASH: PresentationFormat = {
  isManifest: (text) => isPlaylist(text) || isMpd(text),
  read: (text, url, sources) =>
    isMpd(text) ? readMpdPresentation(text, url, sources) : HLS.read(text, url, sources),
  refresh: (known, text, fresh) => (isMpd(text) ? refreshMpd(known, text, fresh) : undefined),
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
  const location = readLocation(head, url);
  const places = { url, sources, location };
  const named = pathwaysOfBases(bases, places);
  const pathways = named.length > 1 ? named : pathwaysOfSources(bases[0]?.text ?? "", places);
  const steering = readSteering(head, url);
  const [best] = pathways as [Pathway, ...Pathway[]];
  const first = pathways.find(({ id }) => id === steering?.firstId) ?? best;
  return {
    pathways,
    first: first.id,
    steering: steering && { serverUri: steering.serverUri },
    playlist: showMpd(text, first.base as string),
    variables: NO_VARIABLES,
    location,
  };
}

/**
 * What plays, as the refreshed MPD `text` has it, of which `fresh` was read: places that moved, places that
 * joined. What the player knows its media by, and steering with its session, stay.
 *
 * @returns undefined where nothing is elsewhere now, and where the MPD comes from somebody who steers otherwise.
 */
export function refreshMpd(
  known: Presentation,
  text: string,
  fresh: Presentation,
): Presentation | undefined {
  if ((known.steering === undefined) !== (fresh.steering === undefined)) return undefined;
  const before = new Map(known.pathways.map((pathway) => [pathway.id, pathway]));
  const now = fresh.pathways.map((pathway) => {
    const was = before.get(pathway.id);
    // Who was asked this time says nothing of where to ask next time; only a `Location` does.
    const isLed = addressOf(pathway) === fresh.location;
    return was === undefined || isLed ? pathway : { ...pathway, playlists: was.playlists };
  });
  const reference = before.get(known.first) as Pathway;
  const isListed = now.some(({ id }) => id === reference.id);
  const pathways = isListed ? now : [...now, reference];
  const isSame = pathways.every((pathway) => isAt(pathway, before.get(pathway.id)));
  if (isSame && pathways.length === known.pathways.length) return undefined;
  const { base } = pathways.find(({ id }) => id === reference.id) as Pathway;
  return { ...known, pathways, playlist: showMpd(text, base as string), location: fresh.location };
}

function isAt(one: Pathway, other: Pathway | undefined): boolean {
  return one.base === other?.base && addressOf(one) === (other && addressOf(other));
}

/** Of the MPD itself, there. */
function addressOf({ playlists }: Pathway): string | undefined {
  return playlists.get(MANIFEST);
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

type Places = {
  /** Where the MPD came from. */
  readonly url: string;
  readonly sources: readonly string[];
  readonly location: string | undefined;
};

function pathwaysOfBases(bases: readonly BaseUrl[], places: Places): readonly Pathway[] {
  const { url } = places;
  const pathways = new Map<string, Pathway>();
  for (const { text, serviceLocation } of bases.slice(0, MAX_PATHWAYS)) {
    if (!URL.canParse(text, url)) continue;
    const id = serviceLocation ?? new URL(text, url).host.replaceAll(":", "-");
    if (!pathways.has(id)) pathways.set(id, pathwayAt(id, folderOf(text, url), places));
  }
  return distinctByBase([...pathways.values()]);
}

function pathwaysOfSources(text: string, places: Places): readonly Pathway[] {
  const { url, sources, location } = places;
  const pathways = distinctSources(url, sources).map(({ id, source }) => {
    const base = URL.canParse(text, source) ? folderOf(text, source) : folderOf("", source);
    const own = source === url ? location : undefined;
    return pathwayAt(id, base, { url: source, sources: [source], location: own });
  });
  return distinctByBase(pathways);
}

/** The MPD is refreshed at the pathway's own host where one of the sources lies there. */
function pathwayAt(id: string, base: string, { url, sources, location }: Places): Pathway {
  const host = new URL(base).origin;
  const own = sources.find((source) => new URL(source).origin === host) ?? url;
  const isOfSender = new URL(own).origin === new URL(url).origin;
  const address = isOfSender ? (location ?? own) : own;
  return { id, host, base, playlists: new Map([[MANIFEST, address]]) };
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

function readLocation(head: string, url: string): string | undefined {
  const [[, , content = ""] = []] = head.matchAll(LOCATION);
  const address = unescapeXml(content.trim());
  if (address === "" || !URL.canParse(address, url)) return undefined;
  const { protocol, href } = new URL(address, url);
  return /^https?:$/.test(protocol) ? href : undefined;
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
