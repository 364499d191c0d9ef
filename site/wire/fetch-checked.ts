/**
 * Asks one of our services for JSON and checks the answer against its contract.
 *
 * What goes wrong on the way is expected and comes back as a value, with the reason by which a page
 * chooses its words.
 */
import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";

export type Fetched<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly reason: "unreachable" | "malformed" }
  | { readonly ok: false; readonly reason: "refused"; readonly detail: string };

export type Question = {
  readonly url: string;
  readonly timeoutMs: number;
  readonly method?: "GET" | "POST";
  /** Sends the operator's cookie along. */
  readonly withCookie?: boolean;
};

export async function fetchChecked<Schema extends TSchema>(
  schema: Schema,
  { url, timeoutMs, method = "GET", withCookie = false }: Question,
): Promise<Fetched<Static<Schema>>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      method,
      cache: "no-store",
      credentials: withCookie ? "include" : "same-origin",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    return { ok: false, reason: "unreachable" };
  }
  if (!response.ok) return { ok: false, reason: "refused", detail: refusalWords(response, body) };
  if (!Check(schema, body)) return { ok: false, reason: "malformed" };
  return { ok: true, answer: body };
}

/** The sentence of RFC 9457 problem details where there is one. */
function refusalWords(response: Response, body: unknown): string {
  if (typeof body === "object" && body !== null) {
    if ("detail" in body && typeof body.detail === "string") return body.detail;
    if ("title" in body && typeof body.title === "string") return body.title;
  }
  return `answered with status ${response.status}`;
}
