/**
 * Tells a request that costs next to nothing: for a playlist, or for a few bytes.
 *
 * The first are how a running session learns what comes next, the second how steering and players look
 * whether a node is well. Refusing either would do harm and spare nothing.
 */
const PLAYLIST_TARGET = /\.(?:m3u8|mpd)(?:\?|$)/i;
const ONE_RANGE = /^bytes=(\d{1,15})-(\d{1,15})$/;

export function isLightRequest(
  target: string,
  range: string | undefined,
  maxLightBytes: number,
): boolean {
  if (PLAYLIST_TARGET.test(target)) return true;
  const [, first, last] = ONE_RANGE.exec(range ?? "") ?? [];
  return last !== undefined && Number(last) - Number(first) < maxLightBytes;
}
