/**
 * `POST /v1/cmcd?session=<token>`: what players saw, as CMCD version 2 (CTA-5004-B), request and event
 * mode: one or several reports in a body, a line each. Any CMCD v2 collector's client can send here.
 *
 * Answers 204. A report without a valid session token is counted and not believed, and a session is
 * believed only of the pathways in its token. 400 `STEER_BAD_REPORT` says that no line was CMCD. A report
 * names its pathway by `com.understudy-pathway` or `cdn` (a pathway id), by its `url`, or by `h`; one that
 * names none is of where the session was last. What a player gave up by itself (the loser of a race, a
 * switch of quality) is no failed request: it must not be reported with `rc=0`.
 */
export const CMCD_PATH = "/v1/cmcd";

/**
 * Where a player reports to that was given this address for its steering: beside it, with the same token. A
 * token is renewed with a manifest's `RELOAD-URI`, so the newest address counts.
 *
 * @returns undefined where the address is no such one, as those of others are.
 */
export function reportUriOf(steeringUri: string): string | undefined {
  const [, base, query = ""] = /^(.+)\/v1\/steer\/(?:hls|dash)\?([^#]*)/.exec(steeringUri) ?? [];
  const session = /(?:^|&)(session=[^&]+)/.exec(query)?.[1];
  return session === undefined ? undefined : `${base}${CMCD_PATH}?${session}`;
}

export const CMCD_CONTENT_TYPES = ["application/cmcd", "text/cmcd", "text/plain"] as const;
export const MAX_CMCD_BODY_BYTES = 64 * 1024;
export const MAX_CMCD_REPORTS = 256;
export const MAX_CMCD_REPORT_LENGTH = 4_096;
