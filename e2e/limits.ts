/** What the stories hold the player to. */

/** Less media in hand than the page would keep, so that a story outlives its buffer in seconds. */
export const SHORT_BUFFER = "?buffer=8";
/** From the recovery of the primary to its first segment. */
export const FAILBACK_LIMIT_MS = 10_000;
/** The same without steering to say who returns when: each viewer draws its place on a ramp. */
export const UNSTEERED_FAILBACK_LIMIT_MS = 20_000;
/** From opening a page to its first frame, with the primary a black hole. */
export const FIRST_FRAME_LIMIT_MS = 3_000;
/** A sample or two may fall together on a busy machine; a viewer sees a freeze from half a second. */
export const NO_STALL_SECONDS = 0.5;
/** The channel asks players to stay 10 s behind; who is further back than this has fallen out of it. */
export const LIVE_LATENCY_LIMIT_SECONDS = 16;
