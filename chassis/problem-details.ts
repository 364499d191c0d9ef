/**
 * Answers every error as RFC 9457 problem details with a stable `code`.
 *
 * The code is the contract and the wording is not. What the service did not foresee is logged and
 * answered as `INTERNAL` without its message, which may hold what a caller must not see.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

export const ProblemDetails = Type.Object({
  type: Type.Literal("about:blank"),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: "stable; switch on this" }),
  detail: Type.Optional(Type.String()),
});
export type ProblemDetails = Static<typeof ProblemDetails>;

/** The body of a problem answer, for those who must write it without Fastify. */
export function problemDetails(status: number, code: string, detail?: string): ProblemDetails {
  const title = TITLES[status] ?? (status < 500 ? "Request refused" : "Service failed");
  return { type: "about:blank", title, status, code, ...(detail === undefined ? {} : { detail }) };
}

/** Makes `app` answer its errors, and paths that it does not know, as problem details. */
export function answerProblems(
  app: FastifyInstance,
  options: { readonly notFoundCode: string },
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, problemDetails(404, options.notFoundCode, `Nothing is at ${request.url}`)),
  );
}

export function sendProblem(reply: FastifyReply, problem: ProblemDetails): FastifyReply {
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type(PROBLEM_CONTENT_TYPE)
    .send(problem);
}

function sendError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (error.validation !== undefined) {
    return sendProblem(reply, problemDetails(400, "BAD_REQUEST", error.message));
  }
  if (status >= 500 && error.statusCode === undefined) {
    request.log.error({ err: error }, "unforeseen error");
    return sendProblem(reply, problemDetails(500, "INTERNAL"));
  }
  // Plugins throw errors that have a status but, unlike what the type says, no code.
  const isOurs = error.code !== undefined && !error.code.startsWith("FST_");
  const code = isOurs ? error.code : "BAD_REQUEST";
  return sendProblem(reply, problemDetails(status, code, detailOf(error)));
}

/** The framework says of a body's type only that it is the wrong one, and curl's default is such a one. */
function detailOf({ code, message }: FastifyError): string {
  return code === "FST_ERR_CTP_INVALID_MEDIA_TYPE"
    ? `${message}; for JSON send content-type: application/json`
    : message;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authorised",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Body of another type",
  416: "Range not satisfiable",
  500: "Service failed",
  502: "Upstream failed",
  503: "Not available now",
  504: "Upstream did not answer",
};
