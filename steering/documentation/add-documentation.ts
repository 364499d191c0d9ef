/**
 * The documentation that writes itself: OpenAPI from the very schemas by which the routes check what
 * comes in, to read at `/docs` and for programs at `/docs/json`.
 *
 * Must be added before the routes. The page needs nothing from anywhere else, and its policy (CSP)
 * would not let it.
 */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { ServiceApp } from "../../chassis/service-app.ts";
import repository from "../../package.json" with { type: "json" };
import { BEARER, CALLERS } from "./describe-route.ts";

export const DOCS_PATH = "/docs";
export const OPENAPI_PATH = `${DOCS_PATH}/json`;

const CONTENT_SECURITY_POLICY = {
  "default-src": "'self'",
  "img-src": "'self' data:",
  // Swagger UI sets styles on its elements.
  "style-src": "'self' 'unsafe-inline'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
} as const;

export async function addDocumentation(app: ServiceApp): Promise<void> {
  await app.register(swagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Understudy steering",
        description:
          "Ranks appliances and CDNs by health for each viewer, tells players by playlist and steering manifest, and says why. Errors are problem details (RFC 9457): switch on their code.",
        version: repository.version,
        license: { name: repository.license, identifier: repository.license },
      },
      tags: Object.entries(CALLERS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          [BEARER]: { type: "http", scheme: "bearer", description: "the fleet's token" },
        },
      },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: DOCS_PATH,
    staticCSP: CONTENT_SECURITY_POLICY,
    uiConfig: { docExpansion: "list", tryItOutEnabled: false },
  });
}
