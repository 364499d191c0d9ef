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
  | {
      readonly ok: false;
      readonly reason: "refused";
      /** The stable code of the problem, where the answer had one. */
      readonly code: string | undefined;
      readonly detail: string;
    };

export type Question = {
  readonly url: string;
  readonly timeoutMs: number;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: object;
  /** Sends the operator's cookie along. */
  readonly withCookie?: boolean;
  /** Ends the question early: whoever asked has left. */
  readonly leaving?: AbortSignal;
};

export async function fetchChecked<Schema extends TSchema>(
  schema: Schema,
  question: Question,
): Promise<Fetched<Static<Schema>>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(question.url, requestOf(question));
    body = await response.json().catch(() => undefined);
  } catch {
    return { ok: false, reason: "unreachable" };
  }
  if (!response.ok) return { ok: false, reason: "refused", ...refusalOf(response, body) };
  if (!Check(schema, body)) return { ok: false, reason: "malformed" };
  return { ok: true, answer: body };
}

function requestOf({ timeoutMs, method, body, withCookie, leaving }: Question): RequestInit {
  const timeout = AbortSignal.timeout(timeoutMs);
  return {
    method: method ?? "GET",
    cache: "no-store",
    credentials: withCookie === true ? "include" : "same-origin",
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    signal: leaving === undefined ? timeout : AbortSignal.any([timeout, leaving]),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** The code and the sentence of RFC 9457 problem details where there are any. */
function refusalOf(response: Response, body: unknown) {
  const problem: Record<string, unknown> =
    typeof body === "object" && body !== null ? { ...body } : {};
  return {
    code: textOf(problem["code"]),
    detail:
      textOf(problem["detail"]) ??
      textOf(problem["title"]) ??
      `answered with status ${response.status}`,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
