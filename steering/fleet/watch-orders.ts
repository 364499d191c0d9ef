/**
 * Tells when another node comes first for an audience: those who watch one title in one region.
 *
 * Every viewer has an order of its own, and nobody could read a history of all of them. So a few audiences
 * are ranked now and then as for a newcomer, and a change of the first place is told, once it has lasted
 * for two looks. One that is watched keeps its place for as long as it is asked for: were it to give way to
 * whoever came last, nobody would be watched long enough, and a flood of made-up regions would hide all.
 */
import type { Viewer } from "../core/ranking/ranked-node.ts";
import type { Ranking } from "../core/ranking/ranked-place.ts";
import type { NewEvent } from "../history/open-history.ts";

export type Audience = {
  readonly source: string;
  readonly path: string;
  readonly region: string | undefined;
};

export type OrderWatchOptions = {
  readonly rank: (viewer: Viewer) => Ranking;
  readonly tell: (event: NewEvent) => void;
  readonly maxAudiences: number;
};

type Watched = {
  readonly viewer: Viewer;
  first: string | undefined;
  rival: string | undefined;
  looksSinceAsked: number;
};

const FORGET_AFTER_LOOKS = 3;

export function watchOrders({ rank, tell, maxAudiences }: OrderWatchOptions) {
  const audiences = new Map<string, Watched>();

  function look(name: string, watched: Watched): void {
    const [place] = rank(watched.viewer).places;
    if (place === undefined || place.id === watched.first) {
      watched.rival = undefined;
      return;
    }
    if (watched.first !== undefined && watched.rival !== place.id) {
      watched.rival = place.id;
      return;
    }
    if (watched.first !== undefined) {
      const { first: from } = watched;
      tell({ kind: "order", subject: name, from, to: place.id, reason: place.reason });
    }
    watched.first = place.id;
    watched.rival = undefined;
  }

  return {
    noteAsked(audience: Audience): void {
      const name = nameOf(audience);
      const known = audiences.get(name);
      if (known !== undefined) known.looksSinceAsked = 0;
      if (known !== undefined || audiences.size >= maxAudiences) return;
      const { source, path, region } = audience;
      const viewer: Viewer = {
        sessionId: name,
        region,
        title: `${source}${path}`,
        current: undefined,
        kept: [],
      };
      audiences.set(name, { viewer, first: undefined, rival: undefined, looksSinceAsked: 0 });
    },
    look(): void {
      for (const [name, watched] of audiences) {
        watched.looksSinceAsked += 1;
        if (watched.looksSinceAsked > FORGET_AFTER_LOOKS) audiences.delete(name);
        else look(name, watched);
      }
    },
  };
}

export function nameOf({ source, path, region }: Audience): string {
  return `${source}${path} ${region ?? "anywhere"}`;
}
