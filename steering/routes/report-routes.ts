/**
 * Where players tell what they saw. Answered with 204 whether it is believed or not: whoever forges
 * reports need not learn what becomes of them.
 */
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { CMCD_CONTENT_TYPES, CMCD_PATH, MAX_CMCD_BODY_BYTES } from "../contract/player-reports.ts";
import { describeRoute, noBody, problem } from "../documentation/describe-route.ts";
import { BadReport } from "../errors.ts";
import type { ReportTaker } from "../reports/take-reports.ts";

const BySession = Type.Object({
  /** As long as it likes to be: one that is no session is not believed, and no error. */
  session: Type.Optional(Type.String()),
});

export function addReportRoutes(app: ServiceApp, { taker }: { readonly taker: ReportTaker }): void {
  for (const type of CMCD_CONTENT_TYPES) {
    if (app.hasContentTypeParser(type)) continue;
    app.addContentTypeParser(type, { parseAs: "string" }, (_, body, done) => done(null, body));
  }

  const schema = {
    ...describeRoute({
      caller: "viewers",
      purpose: "cmcd",
      summary: "What players saw, as CMCD version 2 (CTA-5004-B), a report a line",
      description: "What is not signed for by a session is counted and not believed.",
    }),
    querystring: BySession,
    response: {
      204: noBody("taken"),
      400: problem("STEER_BAD_REPORT"),
      413: problem("BAD_REQUEST"),
    },
  };

  app.post(CMCD_PATH, { bodyLimit: MAX_CMCD_BODY_BYTES, schema }, (request, reply) => {
    const { body } = request;
    if (typeof body !== "string" || taker.take(request.query.session, body) === "unreadable") {
      throw new BadReport();
    }
    return reply.code(204).header("cache-control", "no-store").send();
  });
}
