/**
 * Composes the steering manifest for one viewer: reads its token, ranks the nodes for it, and says in
 * which order to play. Of all that steering answers this is asked for most, so it waits for nothing.
 */
import { writeHostClones } from "../core/dash/host-clones.ts";
import { type ClonedPathway, writeHlsClones } from "../core/hls/pathway-clones.ts";
import {
  type ManifestPolicy,
  ttlSeconds,
  writeSteeringManifest,
} from "../core/hls/steering-manifest.ts";
import type { Viewer } from "../core/ranking/ranked-node.ts";
import { joinedPathways, nodeOfClone } from "../core/session/joined-pathways.ts";
import { orderPathways } from "../core/session/order-pathways.ts";
import { readSteeringQuery } from "../core/session/steering-query.ts";
import {
  factsOf,
  type PlaySession,
  type SessionFacts,
  type ViewerSession,
} from "../core/session/viewer-session.ts";
import type { Presentation } from "../core/source/presentation.ts";
import type { Fleet } from "../fleet/keep-fleet.ts";
import type { ViewerPlacing } from "../fleet/place-viewers.ts";
import { rankNodes } from "../fleet/rank-nodes.ts";
import type { Audience } from "../fleet/watch-orders.ts";
import type { SessionSigner } from "../session/session-signer.ts";
import type { PlaylistSource } from "../source/open-playlist-source.ts";

export type ManifestKind = Presentation["kind"];

/** Where a session is steered. */
export type SteeringUri = (kind: ManifestKind, token: string) => string;

export type ManifestComposerOptions = {
  readonly fleet: Fleet;
  readonly placing: Pick<ViewerPlacing, "rank" | "notePlacement">;
  readonly sources: ReadonlyMap<string, PlaylistSource>;
  readonly signer: SessionSigner;
  readonly policy: ManifestPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly steeringUri: SteeringUri;
  /**
   * Told of each manifest.
   * @param audience undefined for a viewer of whom nothing is known.
   * @param isCounted false for one that asks more often than it was told.
   */
  readonly onManifest: (audience: Audience | undefined, isCounted: boolean) => void;
};

/** What a player says in its query, each as it wrote it. */
export type ManifestQuestion = {
  readonly kind: ManifestKind;
  readonly session: string | undefined;
  readonly pathway: string | undefined;
  readonly throughput: string | undefined;
  readonly mayHaveClones: boolean;
};

/** The parameters are named by the protocol. */
export const QUERY_PREFIX = { hls: "_HLS", dash: "_DASH" } as const;

export type ComposeManifest = (question: ManifestQuestion) => string;

export function openManifestComposer(options: ManifestComposerOptions): ComposeManifest {
  const { fleet, placing, sources, signer, policy, now, random, steeringUri } = options;

  /** A token that is remembered gives the same session each time. */
  const facts = new WeakMap<PlaySession, SessionFacts>();
  const factsFor = (session: PlaySession): SessionFacts => {
    const known = facts.get(session);
    if (known !== undefined) return known;
    const found = factsOf(session);
    facts.set(session, found);
    return found;
  };

  /** Of an anonymous viewer we know only where it is: near there, and there if it is well. */
  function viewerOf(session: ViewerSession, current: string | undefined): Viewer {
    const here = nodeIdOf(current, fleet);
    if (session.kind === "play") {
      const { title, ids } = factsFor(session);
      return { sessionId: session.id, region: session.region, title, current: here, kept: ids };
    }
    return {
      sessionId: session.id,
      region: here === undefined ? undefined : fleet.regionOf(here),
      title: session.id,
      current: here,
      kept: [],
    };
  }

  return function composeManifest(question) {
    const { kind, session: given } = question;
    const read = signer.read(given);
    const { session } = read;
    const { current } = readSteeringQuery(question.pathway, question.throughput);
    const listed = session.kind === "play" ? session.pathways : [];
    const nodes = rankNodes(viewerOf(session, current), options);
    const joined = question.mayHaveClones
      ? joinedPathways({ listed, nodes, current, clonesAmongFirst: policy.clonesAmongFirst })
      : [];
    const clones = joined.length === 0 ? [] : clonesFor(session, { listed, nodes, joined });
    const isSettling = fleet.isSettling();
    const priority = orderPathways({ listed, nodes, joined: clones, current, isSettling });
    const concerned = session.kind === "play" ? listed : nodes;
    const lastChangeAtMs = fleet.lastChangeAtMs(concerned, clones);
    const token = signer.tokenAfter(given, read);
    const ttl = ttlSeconds({ lastChangeAtMs, nowMs: now() }, policy, random);
    const to = nodeIdOf(priority[0], fleet);
    // Of those without a session nobody knows whether they are one or many.
    let isCounted = false;
    if (to !== undefined && session.kind === "play") {
      const from = nodeIdOf(current, fleet);
      isCounted = placing.notePlacement({ sessionId: session.id, from, to, ttlMs: ttl * 1000 });
    }
    options.onManifest(session.kind === "play" ? session : undefined, isCounted);
    return writeSteeringManifest({
      ttlSeconds: ttl,
      reloadUri: steeringUri(kind, token),
      priority,
      clones: clones.map(({ json }) => json),
    });
  };

  function clonesFor(
    session: ViewerSession,
    input: Omit<Parameters<typeof writeHlsClones>[0], "template">,
  ): readonly ClonedPathway[] {
    if (session.kind === "anonymous") return [];
    const addresses = input.nodes.map(({ url }) => url);
    const presentation = sources.get(session.source)?.peek(session.path, addresses);
    switch (presentation?.kind) {
      case "hls": {
        const template = presentation.cloneTemplate;
        return template === undefined ? [] : writeHlsClones({ template, ...input });
      }
      case "dash":
        return writeHostClones({ manifest: presentation.manifest, ...input });
      case undefined:
        return [];
    }
  }
}

/** Of a pathway by its own name or by that of a clone. */
function nodeIdOf(pathwayId: string | undefined, fleet: Fleet): string | undefined {
  if (pathwayId === undefined || fleet.node(pathwayId) !== undefined) return pathwayId;
  const cloned = nodeOfClone(pathwayId);
  return cloned !== undefined && fleet.node(cloned) !== undefined ? cloned : undefined;
}
