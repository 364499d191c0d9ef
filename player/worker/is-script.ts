/**
 * Whether a URL answers with a script, as a browser that is to run it looks at that: by its type.
 *
 * Browsers refuse a worker that is a page by the same `SecurityError` as one that may not serve the page,
 * and word it each in its own way. A server that knows no such file and answers all with its start page is the likelier mistake.
 */

/** Essences of a JavaScript MIME type (WHATWG MIME Sniffing §4.6). */
const SCRIPT_TYPE =
  /^(?:application\/(?:x-)?(?:java|ecma)script|text\/(?:(?:x-)?(?:java|ecma)|j|live)script(?:1\.[0-5])?)\s*(?:;|$)/i;

/** False too where it cannot be had. */
export async function isScript(url: string, limitMs: number): Promise<boolean> {
  try {
    const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(limitMs) });
    response.body?.cancel().catch(() => undefined);
    return response.ok && SCRIPT_TYPE.test(response.headers.get("content-type") ?? "");
  } catch {
    return false;
  }
}
