/** What a heartbeat says of whom this appliance calls: sums, because steering draws a map of them. */
import {
  type CalledUpstream,
  MAX_CALLED_UPSTREAMS,
  type UpstreamState,
} from "../contract/appliance-status.ts";

const MAX_URL_LENGTH = 256;

/** Those that are asked first, if there are too many; an address too long for the wire is left out. */
export function calledUpstreams(states: Iterable<UpstreamState>): CalledUpstream[] {
  return Array.from(states, ({ url, calls, failures }) => ({
    url,
    calls,
    failures: Object.values(failures).reduce((sum, number) => sum + number, 0),
  }))
    .filter(({ url }) => url.length <= MAX_URL_LENGTH)
    .slice(0, MAX_CALLED_UPSTREAMS);
}
