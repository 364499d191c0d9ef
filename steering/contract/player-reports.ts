/**
 * `POST /v1/cmcd?session=<token>`: what players saw, as CMCD version 2 (CTA-5004-A), request and event
 * mode: one or several reports in a body, a line each. Any CMCD v2 collector's client can send here.
 *
 * Answers 204. A report without a valid session token is counted and not believed. A report names its
 * pathway by `cdn`, by `com.understudy-pathway`, or by the host of its `url`.
 */
export const CMCD_PATH = "/v1/cmcd";
export const CMCD_CONTENT_TYPES = ["application/cmcd", "text/cmcd", "text/plain"] as const;
export const MAX_CMCD_BODY_BYTES = 64 * 1024;
export const MAX_CMCD_REPORTS = 256;
