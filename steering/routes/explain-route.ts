/** `GET /v1/explain`: why a viewer is sent where it is, and what would change that. */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { ApplianceId, RegionName } from "../contract/appliance-lease.ts";
import { EXPLAIN_PATH, Explanation } from "../contract/explanation.ts";
import type { RankingExplanation } from "../core/ranking/explain-ranking.ts";
import type { Viewer } from "../core/ranking/ranked-node.ts";
import { describeRoute, problem } from "../documentation/describe-route.ts";
import { BadSession, NothingToExplain, UnknownSource } from "../errors.ts";
import type { SessionSigner } from "../session/session-signer.ts";

export type ExplainRouteOptions = {
  readonly explain: (viewer: Viewer) => RankingExplanation;
  readonly signer: Pick<SessionSigner, "read">;
  readonly hasSource: (name: string) => boolean;
  /** The one that is meant where none is named. */
  readonly firstSource: string;
  readonly regionOfAddress: (address: string) => string | undefined;
  readonly wallNow: () => number;
};

const MAX_TEXT_LENGTH = 1_024;
const MAX_TOKEN_LENGTH = 4_096;
/** For each address: the whole order of a large fleet takes tens of milliseconds. */
const MAX_EXPLAINED_PER_SECOND = 20;

const ExplainQuery = Type.Object({
  source: Type.Optional(
    Type.String({ minLength: 1, maxLength: 32, description: "name of the source; the first" }),
  ),
  path: Type.Optional(
    Type.String({
      pattern: "^/",
      maxLength: MAX_TEXT_LENGTH,
      description: "of the playlist on the source; needed unless `session` says it",
    }),
  ),
  region: Type.Optional(RegionName),
  address: Type.Optional(
    Type.String({ maxLength: 64, description: "of a viewer, for the map of networks" }),
  ),
  current: Type.Optional(ApplianceId),
  session: Type.Optional(
    Type.String({ maxLength: MAX_TOKEN_LENGTH, description: "a viewer's session token" }),
  ),
});

export function addExplainRoute(app: ServiceApp, options: ExplainRouteOptions): void {
  const { explain, wallNow } = options;
  const schema = {
    ...describeRoute({
      caller: "operators",
      purpose: "explain",
      summary: "Why a viewer is sent where it is, and what would change that",
      description:
        "The whole order with each component of each score. A flip is a change that alone would put the second place first.",
    }),
    querystring: ExplainQuery,
    response: {
      200: Explanation,
      400: problem("BAD_REQUEST", "STEER_BAD_SESSION", "STEER_NOTHING_TO_EXPLAIN"),
      404: problem("STEER_UNKNOWN_SOURCE"),
      429: problem("STEER_TOO_OFTEN"),
    },
  };

  const config = { rateLimit: { max: MAX_EXPLAINED_PER_SECOND, timeWindow: 1_000 } };
  app.get(EXPLAIN_PATH, { schema, config }, (request, reply): Explanation => {
    const { source, path, regionFrom, viewer } = readQuestion(request.query, request, options);
    reply.header("cache-control", "no-store");
    return {
      at: new Date(wallNow()).toISOString(),
      source,
      path,
      region: viewer.region ?? null,
      regionFrom,
      ...explain(viewer),
    };
  });
}

type Question = {
  readonly source: string;
  readonly path: string;
  readonly regionFrom: "query" | "session" | "network" | "none";
  readonly viewer: Viewer;
};

function readQuestion(
  query: Type.Static<typeof ExplainQuery>,
  { ip }: FastifyRequest,
  options: ExplainRouteOptions,
): Question {
  const session = sessionOf(query.session, options);
  const source = query.source ?? session?.source ?? options.firstSource;
  const path = query.path ?? session?.path;
  if (path === undefined) throw new NothingToExplain();
  if (!options.hasSource(source)) throw new UnknownSource(source);

  const byNetwork = options.regionOfAddress(query.address ?? ip);
  const region = query.region ?? session?.region ?? byNetwork;
  const regionFrom =
    query.region !== undefined
      ? "query"
      : session?.region !== undefined
        ? "session"
        : byNetwork !== undefined
          ? "network"
          : "none";
  return {
    source,
    path,
    regionFrom,
    viewer: {
      sessionId: session?.id ?? "explain",
      region,
      title: `${source}${path}`,
      current: query.current,
      kept: session?.pathways.map(({ id }) => id) ?? [],
    },
  };
}

function sessionOf(token: string | undefined, { signer }: ExplainRouteOptions) {
  if (token === undefined) return undefined;
  const { session, standing } = signer.read(token);
  if (session.kind === "anonymous") throw new BadSession(standing);
  return session;
}
