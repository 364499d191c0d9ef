/**
 * Reads from what sessions were told, look by look, when the last of them stopped being sent to a
 * pathway, and how often any of them was sent elsewhere.
 */

/** What one session was told in one manifest. */
export type FirstPlace = {
  readonly session: number;
  /** When the manifest had come. */
  readonly atMs: number;
  readonly first: string;
};

/**
 * From a moment on to the first manifest of the session that was the last to leave it; 0 if it was
 * nobody's first by then, undefined while it still is somebody's.
 */
export function leftAfterMs(
  places: readonly FirstPlace[],
  pathway: string,
  sinceMs: number,
): number | undefined {
  const sessions = Map.groupBy(
    places.filter(({ atMs }) => atMs >= sinceMs),
    ({ session }) => session,
  );
  let latestMs = 0;
  for (const told of sessions.values()) {
    const lastThere = told.findLastIndex(({ first }) => first === pathway);
    if (lastThere === -1) continue;
    const left = told[lastThere + 1];
    if (left === undefined) return undefined;
    latestMs = Math.max(latestMs, left.atMs - sinceMs);
  }
  return latestMs;
}

/** How often the first place changed for the session for which it changed most often. */
export function mostChanges(places: readonly FirstPlace[]): number {
  const sessions = Map.groupBy(places, ({ session }) => session);
  const changes = Array.from(
    sessions.values(),
    (told) => told.filter(({ first }, at) => at > 0 && first !== told[at - 1]?.first).length,
  );
  return Math.max(0, ...changes);
}

/** Whom most sessions were sent to when they were last told. Undefined before anybody was. */
export function commonestFirst(places: readonly FirstPlace[]): string | undefined {
  const latest = new Map(places.map(({ session, first }) => [session, first]));
  const counts = new Map<string, number>();
  for (const first of latest.values()) counts.set(first, (counts.get(first) ?? 0) + 1);
  return Array.from(counts).toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
