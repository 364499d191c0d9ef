/**
 * Fetches a short text, bounded in time and size. Redirects are not followed: what a source says
 * must come from the source.
 *
 * What anybody may ask for has connections of its own: a source that is slow to say that it has not
 * something must not keep what is known to be there waiting.
 */
import { Agent, request } from "undici";

export type FetchedText =
  | { readonly outcome: "text"; readonly text: string; readonly cacheControl: string | undefined }
  | { readonly outcome: "missing"; readonly cacheControl?: undefined }
  | { readonly outcome: "failed"; readonly reason: string; readonly cacheControl?: undefined };

/** `stray`: nobody knows yet whether it is there. */
export type FetchLane = "known" | "stray";

export type FetchText = (url: string, lane: FetchLane) => Promise<FetchedText>;

export type TextFetcher = { readonly fetchText: FetchText; close(): Promise<void> };

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 1024 * 1024;
/** To one host, in each lane. */
const MAX_CONNECTIONS = 16;

export function openTextFetcher(): TextFetcher {
  const limits = { connections: MAX_CONNECTIONS, maxResponseSize: MAX_BYTES };
  const lanes = { known: new Agent(limits), stray: new Agent(limits) };
  return {
    async fetchText(url, lane) {
      try {
        const { statusCode, headers, body } = await request(url, {
          dispatcher: lanes[lane],
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (statusCode !== 200) {
          await body.dump();
          if (statusCode === 404 || statusCode === 410) return { outcome: "missing" };
          return { outcome: "failed", reason: `status-${statusCode}` };
        }
        const cacheControl = headers["cache-control"];
        return {
          outcome: "text",
          text: await body.text(),
          cacheControl: String(cacheControl ?? ""),
        };
      } catch (error) {
        return { outcome: "failed", reason: reasonOf(error) };
      }
    },
    async close() {
      await Promise.all([lanes.known.destroy(), lanes.stray.destroy()]);
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unreadable-answer";
  if (error.name === "TimeoutError") return "timeout";
  return "code" in error ? String(error.code) : error.message;
}
