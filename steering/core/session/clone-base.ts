/**
 * Chooses the pathway of a session's playlist that a clone is made from, and the HOST that leads from
 * the one's address to the other's.
 *
 * Players put HOST in the place of the host name and keep the rest, so it is right only where scheme,
 * port and path are the same. The base is then the first of the playlist for which they are, and stays
 * it: VHS builds a clone anew whenever its base changes.
 */
import { isListed, type JoinedPathway, type PathwayNode } from "./joined-pathways.ts";
import type { ListedPathway } from "./viewer-session.ts";

export type CloneBase = {
  readonly id: string;
  /** Undefined where no HOST leads to the clone. */
  readonly host: string | undefined;
  /** The node behind the base, where it is known. */
  readonly node: PathwayNode | undefined;
};

export type CloneBaseInput = {
  readonly joined: JoinedPathway;
  readonly listed: readonly [ListedPathway, ...ListedPathway[]];
  /** Best first. */
  readonly nodes: readonly PathwayNode[];
};

export function chooseCloneBase({ joined, listed, nodes }: CloneBaseInput): CloneBase {
  const own = splitAddress(joined.node.url);
  for (const pathway of listed) {
    const node = nodes.find((one) => isListed(one, [pathway]));
    if (own === undefined || node === undefined) continue;
    const base = splitAddress(node.url);
    if (base?.before === own.before && base.behind === own.behind) {
      return { id: pathway.id, host: own.host, node };
    }
  }
  const best = nodes.find((node) => isListed(node, listed));
  return { id: best?.id ?? listed[0].id, host: undefined, node: best };
}

export type AddressParts = {
  readonly before: string;
  readonly host: string;
  /** Port and path, either of which may be absent. */
  readonly behind: string;
};

const ADDRESS = /^(https?:\/\/)(\[[^\]/?#]+\]|[^/:?#@]+)((?::\d+)?(?:\/[^?#]*)?)$/;

export function splitAddress(url: string): AddressParts | undefined {
  const [, before, host, behind] = ADDRESS.exec(url) ?? [];
  if (before === undefined || host === undefined || behind === undefined) return undefined;
  return { before, host, behind };
}
