/**
 * Does a long job piece by piece. Between two pieces whoever has asked is answered: the loop's work for
 * a whole fleet takes tens of milliseconds, and a viewer's manifest one fiftieth of one.
 */
import { setImmediate } from "node:timers/promises";

/**
 * @param pieces each step of the iterator does one piece; where it yields a promise, that is awaited.
 * @param isOver asked before each piece: what is left then stays undone.
 */
export async function inTurns(
  pieces: Iterable<unknown>,
  isOver: () => boolean = () => false,
): Promise<void> {
  const remaining = pieces[Symbol.iterator]();
  while (!isOver()) {
    const { done, value } = remaining.next();
    if (done === true) return;
    await value;
    await setImmediate();
  }
}
