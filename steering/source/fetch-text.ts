/**
 * Fetches a short text, bounded in time and size. Redirects are not followed: what a source says
 * must come from the source.
 */
import { Agent, request } from "undici";

export type FetchedText =
  | { readonly outcome: "text"; readonly text: string; readonly cacheControl: string | undefined }
  | { readonly outcome: "missing"; readonly cacheControl?: undefined }
  | { readonly outcome: "failed"; readonly reason: string; readonly cacheControl?: undefined };

export type FetchText = (url: string) => Promise<FetchedText>;

export type TextFetcher = { readonly fetchText: FetchText; close(): Promise<void> };

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 1024 * 1024;

export function openTextFetcher(): TextFetcher {
  const dispatcher = new Agent({ connections: 16, maxResponseSize: MAX_BYTES });
  return {
    async fetchText(url) {
      try {
        const { statusCode, headers, body } = await request(url, {
          dispatcher,
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
    close: () => dispatcher.destroy(),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unreadable-answer";
  if (error.name === "TimeoutError") return "timeout";
  return "code" in error ? String(error.code) : error.message;
}
