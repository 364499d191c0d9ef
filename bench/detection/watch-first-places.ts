/** Has some sessions ask for a manifest again and again, and keeps what each was told first. */
import { setTimeout as delay } from "node:timers/promises";
import type { FirstPlace } from "../core/first-places.ts";
import { BenchError } from "../errors.ts";
import type { SteeringSession } from "../viewers/steering-session.ts";

export type FirstPlaceWatch = {
  /** In the order in which they came. */
  readonly places: () => readonly FirstPlace[];
  /** @throws {BenchError} if a session did not get a manifest. */
  stop(): Promise<void>;
};

export const LOOK_EVERY_MS = 100;

export function watchFirstPlaces(
  sessions: readonly SteeringSession[],
  now: () => number,
): FirstPlaceWatch {
  const places: FirstPlace[] = [];
  let isOver = false;
  const follow = async (session: SteeringSession, number: number) => {
    while (!isOver) {
      const askedAtMs = now();
      // A player is on the pathway that it was sent to.
      await session.ask(session.order()[0] ?? "");
      places.push({ session: number, atMs: now(), first: session.order()[0] ?? "" });
      await delay(Math.max(0, askedAtMs + LOOK_EVERY_MS - now()));
    }
  };
  const following = Promise.all(sessions.map(follow));
  // Told to whoever stops it, who may be later than the mishap.
  following.catch(() => {});
  return {
    places: () => places,
    async stop() {
      isOver = true;
      await following.catch(({ message }: Error) => {
        throw new BenchError(`A session got no manifest: ${message}`);
      });
    },
  };
}
