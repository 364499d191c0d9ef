/**
 * For tests: what must hold of the documentation of a service, checked against the service as it runs.
 * Whatever is documented exists, whatever exists is documented, and answers are what is said of them.
 */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type TestContext, test } from "node:test";
import SwaggerParser from "@apidevtools/swagger-parser";
import type { FastifyInstance, InjectOptions, RouteOptions } from "fastify";
import { Check, Errors } from "typebox/schema";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { OPENAPI_PATH } from "./add-documentation.ts";
import { CALLERS } from "./describe-route.ts";

/** A question to a documented GET, and the status of its answer. */
export type Example = { readonly ask: string | InjectOptions; readonly status: number };

export type DocumentedService = {
  readonly app: ServiceApp;
  /** `GET /v1/fleet` and the like, as the router has them. */
  readonly routes: readonly string[];
};

type Response = { readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
type Operation = {
  readonly summary?: string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, Response>>;
};
type Specification = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** Hears of every route of the services that are built from now on. */
export function hearRoutes(t: TestContext): string[] {
  const routes: string[] = [];
  const onRoute = ({ method, url, schema }: RouteOptions) => {
    if (schema?.hide === true) return;
    for (const name of [method].flat()) {
      if (name !== "HEAD" && name !== "OPTIONS") routes.push(`${name} ${documentedPath(url)}`);
    }
  };
  const onInstance = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", onRoute);
  };
  subscribe("fastify.initialization", onInstance);
  t.after(() => unsubscribe("fastify.initialization", onInstance));
  return routes;
}

/**
 * @param examples for each documented GET: one with a status below 300, and one of an error where
 *   it documents one.
 */
export function testDocumentation(
  open: (t: TestContext) => Promise<DocumentedService>,
  examples: Readonly<Record<string, readonly Example[]>>,
): void {
  const read = async (t: TestContext) => {
    const { app, routes } = await open(t);
    const specification = (await app.inject(OPENAPI_PATH)).json<Specification>();
    const operations = Object.entries(specification.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        path,
        method: method.toUpperCase() as "GET",
        operation,
      })),
    );
    return { app, routes, specification, operations };
  };

  test("is valid OpenAPI", async (t) => {
    const { specification } = await read(t);
    await SwaggerParser.validate(structuredClone(specification) as never);
  });
  test("has every route of the service, and no other", async (t) => {
    const { routes, operations } = await read(t);
    assert.deepEqual(operations.map(({ name }) => name).sort(), routes.toSorted());
  });
  test("says of every route what it is for, who calls it, and what it answers", async (t) => {
    const { operations } = await read(t);
    for (const { name, operation } of operations) {
      assert.ok(operation.summary, `${name} has no summary`);
      assert.ok(operation.operationId, `${name} has no operationId`);
      assert.ok(
        operation.tags?.length === 1 && Object.hasOwn(CALLERS, operation.tags[0] ?? ""),
        `${name} has no tag of a caller`,
      );
      const good = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
      assert.ok(good !== undefined, `${name} documents no good answer`);
      const [status, { content }] = good;
      const hasSchema = Object.values(content ?? {}).some(({ schema }) => schema !== undefined);
      assert.ok(hasSchema || status === "204", `${name} documents no schema`);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length, "two routes have one operationId");
  });
  test("says of every route whether it needs the token", async (t) => {
    const { app, operations } = await read(t);
    for (const { name, path, method, operation } of operations) {
      const url = path.replaceAll(/\{[^}]*\}/g, "x");
      const { statusCode } = await app.inject({ method, url });
      assert.equal(statusCode === 401, operation.security !== undefined, `${name}: ${statusCode}`);
      assert.equal("401" in operation.responses, operation.security !== undefined, name);
    }
  });
  test("has an example here for every GET that it documents", async (t) => {
    const { operations } = await read(t);
    const documented = operations.filter(({ method }) => method === "GET");
    assert.deepEqual(documented.map(({ path }) => path).sort(), Object.keys(examples).sort());
    for (const { path, operation } of documented) {
      const statuses = examples[path]?.map(({ status }) => status) ?? [];
      assert.ok(
        statuses.some((status) => status < 300),
        `${path}: no example of a good answer`,
      );
      // Refused for asking too often is every dear question, and of that one example is enough.
      const mayFail = Object.keys(operation.responses).some(
        (status) => Number(status) >= 400 && status !== "429",
      );
      const fails = statuses.some((status) => status >= 400);
      assert.equal(fails, mayFail, `${path}: an example of an error, or an error to document`);
    }
  });
  for (const [path, asked] of Object.entries(examples)) {
    for (const { ask, status } of asked) {
      test(`is right about ${typeof ask === "string" ? ask : JSON.stringify(ask)}`, async (t) => {
        const { app, specification } = await read(t);
        const answer = await app.inject(ask as InjectOptions);
        assert.equal(answer.statusCode, status, answer.payload);
        const response = specification.paths[path]?.["get"]?.responses[status];
        assert.ok(response !== undefined, `${status} is not documented`);
        const [mediaType = ""] = String(answer.headers["content-type"]).split(";");
        const schema = response.content?.[mediaType]?.schema;
        assert.ok(schema !== undefined, `${mediaType} is not documented`);
        if (status >= 400) assert.equal(mediaType, "application/problem+json");
        const isText = "type" in schema && schema.type === "string";
        const value: unknown = isText ? answer.payload : answer.json();
        assert.ok(Check(schema, value), JSON.stringify(Errors(schema, value)));
      });
    }
  }
}

/** As OpenAPI writes what the router calls `:id` and `*`. */
function documentedPath(url: string): string {
  return url.replaceAll(/:(\w+)/g, "{$1}").replace("*", "{*}");
}
