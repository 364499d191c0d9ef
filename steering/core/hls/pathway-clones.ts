/**
 * Writes PATHWAY-CLONES for HLS, as JSON: each stream of the session's playlist at the address of a
 * node that the playlist does not list.
 *
 * The addresses are given one by one, because a HOST says nothing of the port (hls.js keeps that of
 * the base). All that is the same for every node is worked out once per playlist, as pieces between
 * which an address is put. HOST and PARAMS stand there for VHS and Shaka, which know nothing else; VHS
 * 3.17 fails on a clone without either.
 */
import type { MultivariantPlaylist } from "../../../kernel/multivariant-playlist.ts";
import { chooseCloneBase, findCloneBases, splitAddress } from "../session/clone-base.ts";
import type { JoinedPathway, PathwayNode } from "../session/joined-pathways.ts";
import type { ListedPathway } from "../session/viewer-session.ts";
import type { UriPlace } from "../source/locate-uri.ts";
import {
  hasReference,
  readSourceStreams,
  type SourceStream,
  withVariables,
} from "./source-streams.ts";

/** JSON of the two maps, cut wherever the address of the node belongs. */
export type CloneTemplate = readonly string[];

export type ClonedPathway = JoinedPathway & { readonly json: string };

/** Seven clones of this size are still a manifest that one would send every few seconds. */
const MAX_TEMPLATE_CHARACTERS = 16 * 1024;

/** Undefined where the playlist cannot be cloned. */
export function readCloneTemplate(
  playlist: MultivariantPlaylist,
  placeOf: (uri: string) => UriPlace,
): CloneTemplate | undefined {
  const streams = readSourceStreams(playlist, withVariables(placeOf, playlist.rest));
  const variants = pathsById([...streams.variants, ...streams.frameStreams]);
  const renditions = pathsById(streams.renditions);
  if (variants === undefined || renditions === undefined) return undefined;
  const maps = [mapText("PER-VARIANT-URIS", variants), mapText("PER-RENDITION-URIS", renditions)];
  const text = maps.filter((map) => map !== "").join(",");
  return text.length > MAX_TEMPLATE_CHARACTERS ? undefined : text.split(GAP);
}

export type CloneInput = {
  readonly template: CloneTemplate;
  readonly joined: readonly JoinedPathway[];
  readonly listed: readonly ListedPathway[];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
};

export function writeHlsClones(input: CloneInput): readonly ClonedPathway[] {
  const { template, joined, listed, nodes } = input;
  const bases = findCloneBases(listed, nodes);
  if (bases === undefined) return [];
  return joined.map((pathway) => {
    const base = chooseCloneBase(pathway, bases);
    const json = [
      `{"BASE-ID":${JSON.stringify(base.id)},"ID":${JSON.stringify(pathway.id)}`,
      `"URI-REPLACEMENT":{"HOST":${JSON.stringify(hostFor(pathway, base))},"PARAMS":{}`,
      `${template.join(JSON.stringify(pathway.node.url).slice(1, -1))}}}`,
    ].join(",");
    return { ...pathway, json };
  });
}

/** Where no HOST leads to the node, that of the base: there the streams are at least. */
function hostFor(
  { node }: JoinedPathway,
  base: { readonly host: string | undefined; readonly node: PathwayNode | undefined },
): string {
  const address = splitAddress((base.node ?? node).url);
  return base.host ?? address?.host ?? "";
}

/** Cannot stand in JSON unescaped. */
const GAP = "\0";

/**
 * Undefined where HOST would be wrong, since a stream lies elsewhere, or the maps, since one id names
 * two streams, or an address has a variable: those are a playlist's, and nobody replaces them in JSON.
 */
function pathsById(streams: readonly SourceStream[]): ReadonlyMap<string, string> | undefined {
  const paths = new Map<string, string>();
  for (const { stableId, place } of streams) {
    if (place === undefined) continue;
    if (place.at === "elsewhere" || hasReference(place)) return undefined;
    if ((paths.get(stableId) ?? place.path) !== place.path) return undefined;
    paths.set(stableId, place.path);
  }
  return paths;
}

function mapText(name: string, paths: ReadonlyMap<string, string>): string {
  if (paths.size === 0) return "";
  const entries = Array.from(
    paths,
    ([id, path]) => `${JSON.stringify(id)}:"${GAP}${JSON.stringify(path).slice(1)}`,
  );
  return `"${name}":{${entries.join(",")}}`;
}
