/**
 * Writes PATHWAY-CLONES for DASH, as JSON, where a HOST leads to the node: nothing else is known there.
 *
 * dash.js drops the base's port and Shaka keeps it, so neither address may have one.
 */
import type { ClonedPathway } from "../hls/pathway-clones.ts";
import { chooseCloneBase, findCloneBases, splitAddress } from "../session/clone-base.ts";
import type { JoinedPathway, PathwayNode } from "../session/joined-pathways.ts";
import type { ListedPathway } from "../session/viewer-session.ts";
import type { DashManifest } from "./dash-manifest.ts";

export type HostCloneInput = {
  readonly manifest: DashManifest;
  readonly joined: readonly JoinedPathway[];
  readonly listed: readonly ListedPathway[];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
};

export function writeHostClones(input: HostCloneInput): readonly ClonedPathway[] {
  const { manifest, joined, listed, nodes } = input;
  const bases = findCloneBases(listed, nodes);
  if (bases === undefined || !isClonable(manifest)) return [];
  return joined.flatMap((pathway) => {
    const { id, host } = chooseCloneBase(pathway, bases);
    const behind = splitAddress(pathway.node.url)?.behind;
    if (host === undefined || behind === undefined || behind.startsWith(":")) return [];
    const json = [
      `{"BASE-ID":${JSON.stringify(id)},"ID":${JSON.stringify(pathway.id)}`,
      `"URI-REPLACEMENT":{"HOST":${JSON.stringify(host)},"PARAMS":{}}}`,
    ].join(",");
    return [{ ...pathway, json }];
  });
}

/** dash.js drops a query of the base as well. */
function isClonable({ parts }: DashManifest): boolean {
  return parts.every(
    (part) =>
      part.kind !== "base-urls" || (part.place.at === "source" && !part.place.path.includes("?")),
  );
}
