/**
 * What hls.js' own CMCD adds to the query of a URL (CTA-5004 §3.2): it says something about the request and
 * nothing about what is asked for, so it is taken off the logical URL and put back on whichever URL is fetched.
 */
const CMCD_PARAMETER = /[?&]CMCD=[^&#]*/;

export type SplitUrl = {
  readonly url: string;
  /** `CMCD=…` as it stood there; undefined where there was none. */
  readonly cmcd: string | undefined;
};

export function splitCmcd(url: string): SplitUrl {
  const [found] = CMCD_PARAMETER.exec(url) ?? [];
  if (found === undefined) return { url, cmcd: undefined };
  const [before = "", after = ""] = url.split(found);
  // Where it stood first, the next parameter takes over the question mark.
  const rest = found.startsWith("?") && after.startsWith("&") ? `?${after.slice(1)}` : after;
  return { url: before + rest, cmcd: found.slice(1) };
}

export function withCmcd(url: string, cmcd: string | undefined): string {
  if (cmcd === undefined) return url;
  const [bare = "", fragment] = url.split("#");
  const asked = `${bare}${bare.includes("?") ? "&" : "?"}${cmcd}`;
  return fragment === undefined ? asked : `${asked}#${fragment}`;
}
