/**
 * What a route says of itself beside its schemas, once: the documentation at `/docs` shows it, and the
 * map of dependencies knows by it who called for what.
 *
 *     schema: {
 *       ...describeRoute({ caller: "operators", purpose: "explain", summary: "Why this order" }),
 *       querystring: ExplainQuery,
 *       response: { 200: Explanation, 404: problem("STEER_UNKNOWN_SOURCE") },
 *     }
 */
import { type TSchema, Type } from "typebox";
import { PROBLEM_CONTENT_TYPE, ProblemDetails } from "../../chassis/problem-details.ts";

/** Who calls, in the words of the map of dependencies; also the sections of the documentation. */
export type Caller = "viewers" | "appliances" | "operators" | "monitoring";

export const CALLERS: Readonly<Record<Caller, string>> = {
  viewers: "What players ask for, and what they tell",
  appliances: "Leases of our own nodes",
  operators: "What is known, why it is so, and the word of a person about it",
  monitoring: "How steering itself is",
};

export const BEARER = "bearer";

export type RouteDescription = {
  readonly caller: Caller;
  /** One or two words, and no other route's: `play`, `steer-dash`. */
  readonly purpose: string;
  readonly summary: string;
  readonly description?: string;
  readonly access?: "with-the-token";
};

export function describeRoute(route: RouteDescription) {
  const { caller, purpose, summary, description, access } = route;
  return {
    tags: [caller],
    operationId: purpose,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(access === undefined ? {} : { security: [{ [BEARER]: [] }] }),
  };
}

/** An answer with problem details. @param codes that it may carry. */
export function problem(...codes: readonly [string, ...string[]]) {
  return body(PROBLEM_CONTENT_TYPE, ProblemDetails, codes.join(", "));
}

/** An answer of a media type other than `application/json`. */
export function body(mediaType: string, schema: TSchema, description: string) {
  return { description, content: { [mediaType]: { schema } } };
}

export function textBody(mediaType: string, description: string) {
  return body(mediaType, Type.String(), description);
}

/** An answer without a body. */
export function noBody(description: string): object {
  return Type.Null({ description });
}
