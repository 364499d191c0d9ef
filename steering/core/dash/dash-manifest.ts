/**
 * Reads a source's MPD once into a text with gaps, which are filled anew for each viewer.
 *
 * Only the MPD's own BaseURL becomes one per pathway; what stands deeper is made relative to it, even
 * where it has a path from the root: the root of a pathway may be a folder of its host. So a pathway is
 * chosen in one place, as dash.js and Shaka do it: the one takes the serviceLocation of the last absolute
 * BaseURL on its way down, the other mixes up the BaseURLs of elements without an id.
 *
 * What would lead viewers away from steering is left out: another ContentSteering, a PatchLocation, and
 * Location, instead of which a live MPD says where it is here, for this session. What the reading does not
 * know, it keeps.
 */
import {
  type Attr,
  DOMParser,
  type Document,
  type Element,
  onWarningStopParsing,
  ParseError,
  XMLSerializer,
} from "@xmldom/xmldom";
import { locateUri, type UriPlace } from "../source/locate-uri.ts";
import { relativePath } from "../source/relative-path.ts";
import { escapeXml } from "./escape-xml.ts";

export type DashManifest = {
  readonly parts: readonly ManifestPart[];
  /** The MPD's own BaseURL; where it leads elsewhere, all pathways lead there. */
  readonly place: UriPlace;
  /** Of a live presentation: players ask for it again and again. */
  readonly isDynamic: boolean;
};

export type ManifestPart =
  | { readonly kind: "text"; readonly text: string }
  /** The address of the first pathway, for what can have one address only. */
  | { readonly kind: "first-address" }
  /** A BaseURL for each pathway. `name` and `attributes` are as written in XML. */
  | {
      readonly kind: "base-urls";
      readonly name: string;
      readonly attributes: string;
      readonly place: UriPlace;
    }
  /** Where the MPD is asked for again. */
  | { readonly kind: "location"; readonly name: string }
  | { readonly kind: "steering"; readonly name: string };

export type ManifestReading =
  | { readonly ok: true; readonly manifest: DashManifest }
  | { readonly ok: false; readonly reason: ManifestRefusal };

export type ManifestRefusal =
  | "too-long"
  | "too-many-tags"
  | "too-many-namespaces"
  /** A document type may declare entities without bound, and no MPD has one. */
  | "document-type"
  | "other-encoding"
  | "control-character"
  | "not-xml"
  | "no-mpd";

const MAX_CHARACTERS = 1024 * 1024;
/** About 80 ms of parsing. */
const MAX_TAGS = 20_000;
/** Packagers declare one with each `pssh`, so a long MPD has thousands, and few that hold in one place. */
const MAX_NAMESPACES = 4_096;
/** That hold in one place: each element is written with a list of its own of those that hold there. */
const MAX_NAMESPACES_IN_SCOPE = 64;

const XLINK = "http://www.w3.org/1999/xlink";
const LEADING_AWAY = ["ContentSteering", "Location", "PatchLocation"];
const LEVELS = ["MPD", "Period", "AdaptationSet", "EmptyAdaptationSet", "Representation"];
const SEGMENT_URIS = ["media", "initialization", "index", "bitstreamSwitching", "sourceURL"];
/** Ours to give, or to be the same for all pathways. */
const REPLACED_ATTRIBUTES = ["serviceLocation", "dvb:priority", "dvb:weight"];

/** @param url where the MPD was fetched. */
export function readDashManifest(text: string, url: string): ManifestReading {
  const body = text.replace(/^\uFEFF?(?:<\?xml\s[^>]*\?>)?/, "");
  const refusal = refusalOf(text, body);
  if (refusal !== undefined) return { ok: false, reason: refusal };
  const document = parse(body);
  const root = document?.documentElement ?? undefined;
  if (document === undefined || root === undefined) return { ok: false, reason: "not-xml" };
  const isMpd = root.localName === "MPD" && childrenOf(root, "Period").length > 0;
  if (!isMpd) return { ok: false, reason: "no-mpd" };
  if (hasTooManyInScope(root)) return { ok: false, reason: "too-many-namespaces" };

  const gaps = openGaps(body);
  const isDynamic = root.getAttribute("type") === "dynamic";
  const place = rewrite(root, { url, gaps, isDynamic });
  const written = new XMLSerializer().serializeToString(document);
  // A character reference can name what may not stand in XML.
  if (hasControlCharacter(written)) return { ok: false, reason: "control-character" };
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return { ok: true, manifest: { parts: gaps.partsOf(declaration + written), place, isDynamic } };
}

function refusalOf(text: string, body: string): ManifestRefusal | undefined {
  if (text.length > MAX_CHARACTERS) return "too-long";
  if (/<!DOCTYPE/i.test(body)) return "document-type";
  const encoding = /^\uFEFF?<\?xml\s[^>]*?encoding=["']([^"']*)["']/.exec(text)?.[1] ?? "utf-8";
  if (!/^(?:utf-8|us-ascii)$/i.test(encoding)) return "other-encoding";
  if (hasControlCharacter(body)) return "control-character";
  if (countOf(body, "<") > MAX_TAGS) return "too-many-tags";
  if (countOf(body, "xmlns") > MAX_NAMESPACES) return "too-many-namespaces";
  return undefined;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    count += 1;
  }
  return count;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true;
  }
  return false;
}

function parse(text: string): Document | undefined {
  try {
    return new DOMParser({ onError: onWarningStopParsing, locator: false }).parseFromString(
      text,
      "application/xml",
    );
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/** Whether more namespaces hold somewhere than may, each counted as often as it is declared. */
function hasTooManyInScope(root: Element): boolean {
  const waiting = [{ element: root, above: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const inScope = next.above + Array.from(next.element.attributes).filter(isNamespace).length;
    if (inScope > MAX_NAMESPACES_IN_SCOPE) return true;
    for (const element of elementsIn(next.element)) waiting.push({ element, above: inScope });
  }
  return false;
}

function isNamespace({ name, prefix }: Attr): boolean {
  return name === "xmlns" || prefix === "xmlns";
}

/** Where the relative URIs of an element lead. */
type Base = { readonly href: string; readonly place: UriPlace };
type Rewriting = { readonly url: string; readonly gaps: Gaps; readonly isDynamic: boolean };

/** Goes through all elements without recursion, because a source may nest them as it likes. */
function rewrite(root: Element, rewriting: Rewriting): UriPlace {
  const { url, gaps, isDynamic } = rewriting;
  const wished = wishedLocation(root);
  for (const name of LEADING_AWAY) childrenOf(root, name).forEach(remove);

  const directory = baseAt(new URL("./", url).href, url);
  const own = takeBase(root, { base: directory, url, wished });
  const marks = [
    gaps.leave({
      kind: "base-urls",
      name: nameBeside(root, "BaseURL"),
      attributes: own.element === undefined ? "" : keptAttributes(own.element),
      place: own.base.place,
    }),
    ...(isDynamic ? [gaps.leave({ kind: "location", name: nameBeside(root, "Location") })] : []),
    gaps.leave({ kind: "steering", name: nameBeside(root, "ContentSteering") }),
  ];
  const slot = documentOf(root).createTextNode(marks.join("\n"));
  // The schema has ProgramInformation before BaseURL, then Location, and the rest behind them.
  const before = own.element ?? childrenOf(root, "ProgramInformation").at(-1)?.nextSibling;
  root.insertBefore(slot, before ?? root.firstChild);
  if (own.element !== undefined) remove(own.element);

  const waiting = elementsIn(root).map((element) => ({ element, base: own.base }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { element } = next;
    if (isNamed(element, root, "ContentSteering")) {
      remove(element);
      continue;
    }
    const isLevel = LEVELS.some((name) => isNamed(element, root, name));
    placeLink(element, next.base, rewriting);
    const base = isLevel ? rewriteBase(element, next.base, { ...rewriting, wished }) : next.base;
    if (element.namespaceURI === root.namespaceURI) placeSegments(element, base, rewriting);
    waiting.push(...elementsIn(element).map((child) => ({ element: child, base })));
  }
  return own.base.place;
}

/** The service location that the source itself would begin with. */
function wishedLocation(root: Element): string | undefined {
  const steering = childrenOf(root, "ContentSteering")[0];
  return steering?.getAttribute("defaultServiceLocation")?.split(/[\s,]+/)[0];
}

function baseAt(href: string, url: string): Base {
  return { href, place: locateUri(href, url) };
}

type Taken = { readonly element: Element | undefined; readonly base: Base };

/**
 * Takes one of an element's BaseURLs and removes the others: they are copies of the same under other
 * addresses, between which our pathways choose. One on the source is better than one elsewhere.
 */
function takeBase(
  parent: Element,
  given: { readonly base: Base; readonly url: string; readonly wished: string | undefined },
): Taken {
  const { base, url, wished } = given;
  const offered = childrenOf(parent, "BaseURL").map((element) => {
    const text = textOf(element);
    const isWished = wished !== undefined && element.getAttribute("serviceLocation") === wished;
    const href = URL.canParse(text, base.href) ? new URL(text, base.href).href : base.href;
    return { element, isWished, base: baseAt(href, url) };
  });
  const onSource = offered.filter((one) => one.base.place.at === "source");
  const best = onSource.length > 0 ? onSource : offered;
  const taken = best.find(({ isWished }) => isWished) ?? best[0];
  for (const { element } of offered) if (element !== taken?.element) remove(element);
  return taken ?? { element: undefined, base };
}

function rewriteBase(
  parent: Element,
  base: Base,
  { url, gaps, wished }: Rewriting & { readonly wished: string | undefined },
): Base {
  const taken = takeBase(parent, { base, url, wished });
  const { element } = taken;
  if (element === undefined) return base;
  const { place } = taken.base;
  if (place.at === "source" && base.place.at === "elsewhere") {
    // Cannot be said relative to its parent, so it has its own choice of pathways.
    const attributes = keptAttributes(element);
    const gap = gaps.leave({ kind: "base-urls", name: element.nodeName, attributes, place });
    parent.replaceChild(documentOf(parent).createTextNode(gap), element);
    return taken.base;
  }
  for (const name of REPLACED_ATTRIBUTES) element.removeAttribute(name);
  if (place.at === "source" && base.place.at === "source") {
    element.textContent = relativePath({ from: base.place.path, to: place.path });
  }
  return taken.base;
}

/** Addresses of segments on the source follow the pathway, however they are written. */
function placeSegments(element: Element, base: Base, { url, gaps }: Rewriting): void {
  for (const name of SEGMENT_URIS) {
    const uri = element.getAttribute(name);
    if (uri === null) continue;
    const { place } = base;
    const path = place.at === "source" && isRooted(uri) ? uri : pathOnSource(uri, url);
    if (path === undefined) continue;
    element.setAttribute(
      name,
      place.at === "source"
        ? relativePath({ from: place.path, to: path })
        : gaps.leave({ kind: "first-address" }) + path,
    );
  }
}

/** Whether it is a path from the root of whatever host it is resolved on. */
function isRooted(uri: string): boolean {
  return /^\/(?!\/)/.test(uri);
}

/** Cut from the text, because a template is no URI yet: `$Number%05d$` would not survive. */
function pathOnSource(uri: string, url: string): string | undefined {
  const [, prefix = "", path = ""] = /^((?:https?:)?\/\/[^/?#]+)(\/(?!\/).*)$/i.exec(uri) ?? [];
  if (path === "" || !URL.canParse(prefix, url)) return undefined;
  return new URL(prefix, url).origin === new URL(url).origin ? path : undefined;
}

/** What is loaded from elsewhere into the MPD has one address, and a relative one leads to us. */
function placeLink(element: Element, base: Base, { url, gaps }: Rewriting): void {
  const attribute = element.getAttributeNodeNS(XLINK, "href");
  if (attribute === null || !URL.canParse(attribute.value, base.href)) return;
  const { href, place } = baseAt(new URL(attribute.value, base.href).href, url);
  if (place.at === "source") {
    attribute.value = gaps.leave({ kind: "first-address" }) + place.path;
  } else if (!isAbsolute(attribute.value)) attribute.value = href;
}

function isAbsolute(uri: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(uri);
}

type Gaps = {
  /** Notes what is to stand there, and returns a mark to be written in its place. */
  leave(part: Exclude<ManifestPart, { kind: "text" }>): string;
  partsOf(written: string): ManifestPart[];
};

/** Marks are plain words that the text itself does not have, so they pass the writing unchanged. */
function openGaps(text: string): Gaps {
  let stem = 0;
  while (text.includes(`gap${stem}x`)) stem += 1;
  const left: ManifestPart[] = [];
  return {
    leave(part) {
      left.push(part);
      return `gap${stem}x${left.length - 1}x`;
    },
    partsOf: (written) =>
      written.split(new RegExp(`gap${stem}x(\\d+)x`)).map((piece, index): ManifestPart => {
        const part = index % 2 === 1 ? left[Number(piece)] : undefined;
        return part ?? { kind: "text", text: piece };
      }),
  };
}

function keptAttributes(element: Element): string {
  return Array.from(element.attributes)
    .filter(({ name }) => !REPLACED_ATTRIBUTES.includes(name))
    .map(({ name, value }) => ` ${name}="${escapeXml(value)}"`)
    .join("");
}

/** With the prefix that the MPD has for its own namespace. */
function nameBeside({ prefix }: Element, name: string): string {
  return prefix === null || prefix === "" ? name : `${prefix}:${name}`;
}

function elementsIn(parent: Element): Element[] {
  const elements: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === node.ELEMENT_NODE) elements.push(node as Element);
  }
  return elements;
}

function childrenOf(parent: Element, name: string): Element[] {
  return elementsIn(parent).filter((element) => isNamed(element, parent, name));
}

function isNamed(element: Element, beside: Element, name: string): boolean {
  return element.localName === name && element.namespaceURI === beside.namespaceURI;
}

function textOf(element: Element): string {
  return (element.textContent ?? "").trim();
}

function remove(element: Element): void {
  element.parentNode?.removeChild(element);
}

function documentOf(element: Element): Document {
  const { ownerDocument } = element;
  if (ownerDocument === null) throw new TypeError("An element of no document");
  return ownerDocument;
}
