/**
 * `GET /v1/steer/hls` and `/v1/steer/dash`: the steering manifest. Whatever is asked, however it is
 * spelled, the answer is a manifest that the clients survive; never 429, after which hls.js asks no
 * more.
 */
import type { FastifyRequest } from "fastify";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  DASH_STEERING_PATH,
  DASH_STEERING_TYPE,
  STEERING_MANIFEST_PATH,
  STEERING_MANIFEST_TYPE,
  SteeringManifest,
} from "../contract/steering-manifest.ts";
import { mayOfferClones } from "../core/session/clone-mark.ts";
import { body, describeRoute } from "../documentation/describe-route.ts";
import {
  type ComposeManifest,
  type ManifestKind,
  type ManifestQuestion,
  QUERY_PREFIX,
} from "../manifest/compose-manifest.ts";
import { textOfQuery } from "./viewer-query.ts";

export function addSteerRoute(app: ServiceApp, compose: ComposeManifest): void {
  for (const [kind, path, type] of [
    ["hls", STEERING_MANIFEST_PATH, STEERING_MANIFEST_TYPE],
    ["dash", DASH_STEERING_PATH, DASH_STEERING_TYPE],
  ] as const) {
    const schema = {
      ...describeRoute({
        caller: "viewers",
        purpose: `steer-${kind}`,
        summary: `The steering manifest (${kind.toUpperCase()})`,
        description:
          "Answers 200 whatever is asked: a token that is none means a viewer of whom nothing is known.",
      }),
      response: { 200: body(type, SteeringManifest, "VERSION 1, and a TTL of at least 1") },
    };
    app.get(path, { schema }, (request, reply) =>
      reply
        .header("cache-control", "no-store")
        .type(type)
        .send(compose(questionOf(kind, request))),
    );
  }
}

function questionOf(kind: ManifestKind, { query, originalUrl }: FastifyRequest): ManifestQuestion {
  const prefix = QUERY_PREFIX[kind];
  return {
    kind,
    session: textOfQuery(query, "session"),
    pathway: textOfQuery(query, `${prefix}_pathway`),
    throughput: textOfQuery(query, `${prefix}_throughput`),
    mayHaveClones: mayOfferClones(originalUrl),
  };
}
