/**
 * Every number of the ranking, in points: health outweighs distance, distance outweighs what a session
 * is used to, and that outweighs a warmer cache or a cheaper byte.
 *
 * Points are whole and come in steps, so that noise flips nothing, and their sums are exact. Whoever is
 * on a node stays unless another is better by more than `keptPoints`.
 */
export type RankingPolicy = {
  /** For a grade of 1, less in steps of `gradeStep`. */
  readonly healthPoints: number;
  readonly gradeStep: number;
  /** Against a node at distance 1, less in steps of `distanceStep`. */
  readonly distancePoints: number;
  readonly distanceStep: number;
  /** For the first owner of the title; the next ones get less. */
  readonly affinityPoints: number;
  /** How many nodes keep a title warm. */
  readonly owners: number;
  /**
   * Against a full node, from a load of `loadFrom` on, in steps of `loadStep`. Load decides where newcomers
   * go; it does not count for those who are there, or all would move at once, and then back.
   */
  readonly loadPoints: number;
  readonly loadFrom: number;
  readonly loadStep: number;
  /** Against the dearest node, in tenths. */
  readonly costPoints: number;
  /** For where the session is: more than a warmer cache is worth. */
  readonly keptPoints: number;
  /** For where it began: more than where it is and a warmer cache together, so that it returns. */
  readonly homePoints: number;
  /** For the first of the session's own order, less by one for each place. */
  readonly keptOrderPoints: number;
  readonly preferPoints: number;
  /** Of the fleet, and one node at least, may be sick or down by our judgement alone (spare-sick.ts). */
  readonly maxSickShare: number;

  /** From this load on a node is full: nobody new, and the excess leaves. */
  readonly fullFromLoad: number;
  /** The share of its sessions that leaves a node that sheds. */
  readonly sheddingShare: number;
  /** A node may have so many times its fair share of the viewers of its pool. */
  readonly boundFactor: number;
  /** And so many times to take a new one: the room between keeps a full node from losing viewers. */
  readonly joinBoundFactor: number;
  /** So few viewers are no load, whatever the others have. */
  readonly smallestBound: number;

  readonly ringPointsPerWeight: number;
  readonly maxRingPoints: number;
  readonly maxRingSteps: number;

  /** Up to so many nodes, all are placed; above, the best and those that concern the viewer. */
  readonly wholeUpTo: number;
  /** How many of the others: three at least, for the first three must be the best of all. */
  readonly plainPlaces: number;
  /** More of them where a viewer has little of its own, as a playlist names several pathways. */
  readonly fewestPlaces: number;
  readonly maxWalkSteps: number;
  /** How many of a session's own pathways are considered. */
  readonly maxKept: number;
  /** How many places an explanation tells of. */
  readonly maxExplained: number;
};

export const RANKING_POLICY: RankingPolicy = {
  healthPoints: 100,
  gradeStep: 0.05,
  distancePoints: 40,
  distanceStep: 0.05,
  affinityPoints: 9,
  owners: 3,
  loadPoints: 20,
  loadFrom: 0.5,
  loadStep: 0.1,
  costPoints: 10,
  keptPoints: 11,
  homePoints: 20,
  keptOrderPoints: 6,
  preferPoints: 50,
  maxSickShare: 0.2,

  fullFromLoad: 0.9,
  sheddingShare: 0.2,
  boundFactor: 1.25,
  joinBoundFactor: 1.2,
  smallestBound: 8,

  ringPointsPerWeight: 32,
  maxRingPoints: 256,
  maxRingSteps: 1_024,

  wholeUpTo: 12,
  plainPlaces: 3,
  fewestPlaces: 8,
  maxWalkSteps: 512,
  maxKept: 16,
  maxExplained: 200,
};
