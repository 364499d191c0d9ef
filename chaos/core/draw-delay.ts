/** Draws by how much a response is late, from the seed of the fault and the number of the request. */
import { seededRandom } from "../../kernel/seeded-random.ts";

export type Lateness = {
  readonly seed: string;
  readonly ms: number;
  /** More or less than `ms`, each delay as likely as the others. */
  readonly jitterMs: number;
};

export function drawDelayMs({ seed, ms, jitterMs }: Lateness, number: number): number {
  const fromMinusOneToOne = seededRandom(`${seed} ${number} delay`)() * 2 - 1;
  return Math.max(0, ms + jitterMs * fromMinusOneToOne);
}
