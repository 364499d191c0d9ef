/** Whether a URL is called like what a player loads first: a playlist of HLS, or an MPD. */
export function isManifestName(url: string): boolean {
  return URL.canParse(url) && /\.(?:m3u8|mpd)$/i.test(new URL(url).pathname);
}
