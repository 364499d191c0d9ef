/**
 * Lists where a title or a channel can be played from, best first: through steering, which ranks the appliances;
 * then through each appliance, so that a page opens while steering is down; and where there is
 * neither, from the origin itself.
 */
import { playPath } from "../../steering/contract/play.ts";

export type WaysToPlay = {
  /** Base URLs, without a slash at their end. */
  readonly steering: string | undefined;
  readonly edges: readonly string[];
  readonly self: string;
};

/** What steering calls the origin of the demo. */
const STEERING_SOURCE = "demo";

/** @param path of the multivariant playlist, or of the DASH manifest, on the origin. */
export function listSources(path: string, { steering, edges, self }: WaysToPlay): string[] {
  const steered = steering === undefined ? [] : [`${steering}${playPath(STEERING_SOURCE, path)}`];
  const sources = [...steered, ...edges.map((edge) => `${edge}${path}`)];
  return sources.length > 0 ? sources : [`${self}${path}`];
}
