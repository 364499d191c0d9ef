/**
 * Tells, from how a steering request is written, whether the player may be offered clones.
 *
 * VHS 3.17 freezes on a clone: of sound it makes none, on DASH not even of the picture. It is also the
 * one that writes the whole query anew, where hls.js, Safari, dash.js and Shaka add to what they were
 * given. So our addresses carry a mark that is spelled otherwise when it is written anew.
 */

/** A parameter of its own; `URLSearchParams` would write `%7E=`. */
export const CLONE_MARK = "~";

/** @param target the request target as it came, not decoded. */
export function mayOfferClones(target: string): boolean {
  const [, query = ""] = target.split("?");
  return query.split("&").includes(CLONE_MARK);
}
