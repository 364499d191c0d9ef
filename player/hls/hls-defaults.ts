/**
 * What this player sets in hls.js where the page says nothing.
 *
 * A failover costs seconds that must be in hand. In a live stream no more can be in hand than the
 * distance to its edge, so playback keeps four segments from it rather than three: with segments of 2 s
 * that is 6 to 8 s of buffer. It is not made up for by playing faster, which would spend the buffer.
 */
import type { HlsConfig } from "hls.js";

const DEFAULTS: Partial<HlsConfig> = {
  // A channel that runs for hours must not keep all that it has shown.
  backBufferLength: 90,
};
const LIVE_DISTANCE: Partial<HlsConfig> = { liveSyncDurationCount: 4 };

/** hls.js refuses a distance in segments beside one in seconds, so ours gives way to either. */
const DISTANCE_KEYS = [
  "liveSyncDurationCount",
  "liveSyncDuration",
  "liveMaxLatencyDurationCount",
  "liveMaxLatencyDuration",
] as const;

export function withHlsDefaults(config: Partial<HlsConfig>): Partial<HlsConfig> {
  const saysDistance = DISTANCE_KEYS.some((key) => config[key] !== undefined);
  return { ...DEFAULTS, ...(saysDistance ? {} : LIVE_DISTANCE), ...config };
}
