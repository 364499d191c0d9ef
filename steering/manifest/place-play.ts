/**
 * Places whoever asks for a title: a viewer who begins, or one whose play goes on, for a live MPD is asked
 * for again and again. Its token says that it is the same viewer, and what it has.
 */
import type { PathwayNode } from "../core/session/joined-pathways.ts";
import { listPathways, sessionPathways } from "../core/session/list-pathways.ts";
import type { PlaySession } from "../core/session/viewer-session.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { ViewerPlacing } from "../fleet/place-viewers.ts";
import { rankNodes } from "../fleet/rank-nodes.ts";
import type { SessionSigner } from "../session/session-signer.ts";

export type PlayPlacingOptions = {
  readonly fleet: Pick<Fleet, "node" | "isSettling">;
  readonly placing: Pick<ViewerPlacing, "rank" | "placeOf">;
  readonly signer: SessionSigner;
  readonly maxPathways: number;
};

export type PlayQuestion = {
  readonly source: string;
  readonly path: string;
  /** The token of a play under way. One that is no good, or another title's, is a new play. */
  readonly given: string | undefined;
  /** Where a viewer is who begins. */
  readonly region: string | undefined;
};

export type PlacedPlay = {
  /** As it is from now on. */
  readonly session: PlaySession;
  readonly isNew: boolean;
  /** The node that the viewer is on, as far as we know. */
  readonly current: string | undefined;
  /** Best first. */
  readonly pathways: readonly [PathwayNode, ...PathwayNode[]];
  /** A token that is good for long yet, and says the same, is given back. */
  token(): string;
};

/** @returns undefined where no node is known. */
export function newPlayPlacing(options: PlayPlacingOptions) {
  const { fleet, placing, signer, maxPathways } = options;

  return (question: PlayQuestion): PlacedPlay | undefined => {
    const { source, path, given } = question;
    const { session: read, standing } = signer.read(given);
    const isOfTitle = read.kind === "play" && read.source === source && read.path === path;
    const before = isOfTitle ? read : newSession(question);
    const { id: sessionId, region, pathways: listed } = before;
    // Where it was counted is surer than where it began, but another replica may have counted it.
    const current = placing.placeOf(sessionId) ?? listed[0]?.id;
    const kept = listed.map(({ id }) => id);
    const viewer = { sessionId, region, title: `${source}${path}`, current, kept };
    const nodes = rankNodes(viewer, options);
    const [first, ...others] = listPathways({ listed, nodes, maxPathways });
    if (first === undefined) return undefined;

    const pathways: readonly [PathwayNode, ...PathwayNode[]] = [first, ...others];
    const isNew = !isOfTitle;
    // Just after a start those that are not known yet are still what the session has.
    const isKept = !isNew && fleet.isSettling();
    const session = { ...before, pathways: isKept ? listed : sessionPathways(listed, pathways) };
    const isGood = isOfTitle && standing === "valid" && session.pathways === listed;
    const token = () => (isGood && given !== undefined ? given : signer.sign(session));
    return { session, isNew, current, pathways, token };
  };

  function newSession({ source, path, region }: PlayQuestion): PlaySession {
    return { kind: "play", id: signer.newSessionId(), source, path, region, pathways: [] };
  }
}
