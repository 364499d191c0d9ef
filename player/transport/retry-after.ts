/** When a server wants to be asked again: delay seconds or an HTTP date (RFC 9110 §10.2.3). */
export function readRetryAfterMs(header: string | null, wallNowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - wallNowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
