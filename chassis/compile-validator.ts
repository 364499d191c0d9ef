/**
 * Checks what a service is asked against the schema of its route, and says in words what does not fit.
 *
 * The checking is that of `@fastify/type-provider-typebox`; only what it says is put otherwise.
 */
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { listMisfits, type SchemaError } from "./list-misfits.ts";

export const compileValidator: FastifySchemaCompiler<TSchema> = (route) => {
  const validate = TypeBoxValidatorCompiler(route) as Validate;
  return (value: unknown) => {
    const { error, ...result } = validate(value);
    if (error === undefined) return result;
    return {
      error: listMisfits(error, route.schema).map(({ instancePath, what }) => ({
        keyword: "misfit",
        instancePath,
        schemaPath: "#",
        params: {},
        message: what,
      })),
    };
  };
};

type Validate = (value: unknown) => {
  readonly value?: unknown;
  readonly error?: readonly SchemaError[];
};
