/**
 * What one session says of each node that it used, after it has been compared with itself.
 *
 * A viewer's own slow link, or a broken title, looks the same on every node: a session that fares
 * badly wherever it goes says nothing. One that fares badly here and well elsewhere says most; one that
 * was nowhere else says half as much, because nobody can tell its link from the node.
 */
export type Tally = {
  readonly answered: number;
  readonly failed: number;
  readonly stalls: number;
  /** Measured throughputs: how many, and their sum. */
  readonly rates: number;
  readonly rateSumBitsPerSecond: number;
};

export type Say = {
  readonly standing: "good" | "bad" | "nothing";
  readonly weight: number;
  readonly errorRatio: number;
  readonly throughputBitsPerSecond: number | undefined;
  readonly reason:
    | "served-well"
    | "failed-requests"
    | "stalls"
    | "slower-than-elsewhere"
    | "bad-everywhere"
    | "slow-link"
    | "too-little";
};

export type SessionPolicy = {
  /** From this share of failed requests on a session fares badly. */
  readonly badErrorRatio: number;
  /** So little of what it gets elsewhere is slow. */
  readonly slowShare: number;
  /** A link that is no faster stalls on any node. */
  readonly slowLinkBitsPerSecond: number;
  /** So many answered requests make a good word. */
  readonly minAnswered: number;
  /** Of a session that can be compared with nothing. */
  readonly aloneWeight: number;
};

export const EMPTY_TALLY: Tally = {
  answered: 0,
  failed: 0,
  stalls: 0,
  rates: 0,
  rateSumBitsPerSecond: 0,
};

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    answered: a.answered + b.answered,
    failed: a.failed + b.failed,
    stalls: a.stalls + b.stalls,
    rates: a.rates + b.rates,
    rateSumBitsPerSecond: a.rateSumBitsPerSecond + b.rateSumBitsPerSecond,
  };
}

export function weighSession(
  tallies: ReadonlyMap<string, Tally>,
  policy: SessionPolicy,
): ReadonlyMap<string, Say> {
  return new Map(
    Array.from(tallies, ([id, tally]) => {
      const elsewhere = Array.from(tallies).flatMap(([other, its]) => (other === id ? [] : [its]));
      return [id, weighNode(tally, elsewhere, policy)];
    }),
  );
}

function weighNode(tally: Tally, elsewhere: readonly Tally[], policy: SessionPolicy): Say {
  const shared = {
    errorRatio: errorRatioOf(tally),
    throughputBitsPerSecond: throughputOf(tally),
  };
  const trouble = troubleOn(tally, elsewhere, policy);
  if (trouble === undefined) {
    return tally.answered < policy.minAnswered
      ? { ...shared, standing: "nothing", weight: 0, reason: "too-little" }
      : { ...shared, standing: "good", weight: 1, reason: "served-well" };
  }
  const used = elsewhere.filter(({ answered, failed, stalls }) => answered + failed + stalls > 0);
  const isWellElsewhere = elsewhere.some((other) => isServedWell(other, policy));
  if (used.length > 0 && !isWellElsewhere) {
    return { ...shared, standing: "nothing", weight: 0, reason: "bad-everywhere" };
  }
  if (trouble === "stalls" && isSlowLink(tally, elsewhere, policy)) {
    return { ...shared, standing: "nothing", weight: 0, reason: "slow-link" };
  }
  const weight = isWellElsewhere ? 1 : policy.aloneWeight;
  return { ...shared, standing: "bad", weight, reason: trouble };
}

function troubleOn(
  tally: Tally,
  elsewhere: readonly Tally[],
  policy: SessionPolicy,
): "failed-requests" | "stalls" | "slower-than-elsewhere" | undefined {
  if (isFailing(tally, policy)) return "failed-requests";
  if (tally.stalls > 0) return "stalls";
  const here = throughputOf(tally);
  // A rate of long ago, from a node that fails by now, is no measure of the others.
  const best = bestThroughput(elsewhere.filter((other) => isServedWell(other, policy)));
  if (here !== undefined && best !== undefined && here < best * policy.slowShare) {
    return "slower-than-elsewhere";
  }
  return undefined;
}

function isServedWell(tally: Tally, policy: SessionPolicy): boolean {
  return tally.answered > 0 && tally.stalls === 0 && !isFailing(tally, policy);
}

function isFailing(tally: Tally, { badErrorRatio }: SessionPolicy): boolean {
  return tally.failed > 0 && errorRatioOf(tally) >= badErrorRatio;
}

/** As far as it is known: without a measured rate nobody can say so. */
function isSlowLink(tally: Tally, elsewhere: readonly Tally[], policy: SessionPolicy): boolean {
  const best = bestThroughput([tally, ...elsewhere]);
  return best !== undefined && best < policy.slowLinkBitsPerSecond;
}

function errorRatioOf({ answered, failed }: Tally): number {
  return failed === 0 ? 0 : failed / (answered + failed);
}

function throughputOf({ rates, rateSumBitsPerSecond }: Tally): number | undefined {
  return rates === 0 ? undefined : rateSumBitsPerSecond / rates;
}

function bestThroughput(tallies: readonly Tally[]): number | undefined {
  const rates = tallies.flatMap((tally) => throughputOf(tally) ?? []);
  return rates.length === 0 ? undefined : Math.max(...rates);
}
