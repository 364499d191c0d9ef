/** `GET /v1/dependencies`: the map of who calls whom, as JSON or (`?format=mermaid`) as a graph. */
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { DEPENDENCIES_PATH, DependencyMap } from "../contract/dependencies.ts";
import { drawDependencies } from "../core/dependencies/dependency-graph.ts";
import type { DependencyLedger } from "../core/dependencies/dependency-ledger.ts";
import { describeRoute, problem } from "../documentation/describe-route.ts";

export type DependencyRoutesOptions = {
  readonly ledger: DependencyLedger;
  readonly now: () => number;
  readonly wallNow: () => number;
};

const MERMAID_TYPE = "text/vnd.mermaid";

const DependenciesQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal("json"), Type.Literal("mermaid")], { default: "json" }),
  ),
});

export function addDependencyRoutes(app: ServiceApp, options: DependencyRoutesOptions): void {
  const { ledger, now, wallNow } = options;
  const schema = {
    ...describeRoute({
      caller: "operators",
      purpose: "dependencies",
      summary: "Who calls whom, how often, how well, and what stands in when it fails",
      description: "From what really happened since the start; nothing of it is declared.",
    }),
    querystring: DependenciesQuery,
    response: {
      200: {
        description: "the map, or with `format=mermaid` a graph",
        content: {
          "application/json": { schema: DependencyMap },
          [MERMAID_TYPE]: { schema: Type.String() },
        },
      },
      400: problem("BAD_REQUEST"),
      429: problem("STEER_TOO_OFTEN"),
    },
  };

  app.get(DEPENDENCIES_PATH, { schema }, (request, reply) => {
    const nowMs = now();
    const dependencies = ledger.list(nowMs);
    reply.header("cache-control", "no-store");
    if (request.query.format === "mermaid") {
      return reply.type(MERMAID_TYPE).send(drawDependencies(dependencies));
    }
    return {
      at: new Date(wallNow()).toISOString(),
      sinceSeconds: ledger.sinceSeconds(nowMs),
      dependencies,
    };
  });
}
