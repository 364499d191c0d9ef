/**
 * Reads what a player says of itself in the query of a steering request, however it spells it: a
 * viewer is never refused for it.
 *
 * HLS names one pathway and one throughput, DASH lists all since the last request, the last one being
 * where it is now. The specifications quote the pathways; hls.js, Shaka and VHS do not.
 */
export type SteeringQuery = {
  /** The pathway that the player is on. */
  readonly current: string | undefined;
  readonly throughputBitsPerSecond: number | undefined;
};

const MAX_CHARACTERS = 2_048;
/** Clones have longer ids than appliances. */
const PATHWAY_ID = /^[A-Za-z0-9._-]{1,80}$/;
const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,20})?$/;
/** No viewer's line is faster; what says so is a cache or a mistake. */
const MAX_BITS_PER_SECOND = 1e12;

export function readSteeringQuery(
  pathways: string | undefined,
  throughputs: string | undefined,
): SteeringQuery {
  const ids = listOf(pathways);
  const rates = listOf(throughputs);
  const current = ids.at(-1) ?? "";
  // Of lists that do not belong together nothing can be said.
  const rate = rates.length === Math.max(1, ids.length) ? rates.at(-1) : undefined;
  return {
    current: PATHWAY_ID.test(current) ? current : undefined,
    throughputBitsPerSecond: rate === undefined ? undefined : readRate(rate),
  };
}

function listOf(text: string | undefined): string[] {
  if (text === undefined || text.length > MAX_CHARACTERS) return [];
  return text
    .replaceAll('"', "")
    .split(",")
    .map((item) => item.trim());
}

/** hls.js cuts the rate to 32 bits with a sign, so that from 2.1 Gbit/s on it is negative. */
function readRate(text: string): number | undefined {
  if (!PLAIN_NUMBER.test(text)) return undefined;
  const sent = Number(text);
  const rate = sent < 0 && sent >= -(2 ** 31) ? sent + 2 ** 32 : sent;
  return rate > 0 && rate <= MAX_BITS_PER_SECOND ? rate : undefined;
}
