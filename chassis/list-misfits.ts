/**
 * Says what does not fit a schema in words for people: one sentence for each place, and for a choice the
 * whole of it.
 *
 * A validator speaks of its own keywords, once for every alternative, and quotes a regular expression where
 * a value has the wrong form. Where a schema is annotated with `form`, that is what is said of the value.
 */

/** The part of a validation error that is used here. */
export type SchemaError = {
  readonly keyword: string;
  /** A JSON pointer into what was checked. */
  readonly instancePath: string;
  /** `#` and a JSON pointer into the schema. */
  readonly schemaPath: string;
  readonly message: string;
  readonly params: object;
};

export type Misfit = {
  /** A JSON pointer into what was checked; of a field that is missing, where it should be. */
  readonly instancePath: string;
  /** Goes on where the name of the place ends: `is missing`, `must be >= 0`. */
  readonly what: string;
};

export const IS_MISSING = "is missing";

/** @param errors in the order of the validator, which tells of the first few only. */
export function listMisfits(errors: readonly SchemaError[], schema: object): Misfit[] {
  const misfits = errors.flatMap((error) => misfitsOf(error, schema));
  const seen = new Set<string>();
  return misfits.filter(({ instancePath, what }) => {
    const sentence = `${instancePath} ${what}`;
    if (seen.has(sentence)) return false;
    seen.add(sentence);
    return true;
  });
}

function misfitsOf(error: SchemaError, schema: object): Misfit[] {
  const { keyword, instancePath, schemaPath, message, params } = error;
  switch (keyword) {
    case "required":
      return missingIn(params).map((name) => ({
        instancePath: `${instancePath}/${escaped(name)}`,
        what: IS_MISSING,
      }));
    // The one schema that is `false` is that of fields which nobody has named.
    case "boolean":
      return [{ instancePath, what: "is no field that is known here" }];
    // Each such field has been told of by itself, and each alternative too.
    case "additionalProperties":
    case "anyOf":
      return [];
    case "const":
      return [{ instancePath, what: `must be ${choiceAt(schemaPath, schema)}` }];
    default: {
      const form = partOf(schema, schemaPath)?.form;
      return [{ instancePath, what: form === undefined ? message : `must be ${form}` }];
    }
  }
}

function missingIn(params: object): string[] {
  const names = "requiredProperties" in params ? params.requiredProperties : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

/** What is read of a schema. */
type SchemaPart = {
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaPart[];
  readonly form?: string;
};

/** All that could stand where this one value was not found. */
function choiceAt(schemaPath: string, schema: object): string {
  const choice = partOf(schema, schemaPath.replace(/\/anyOf\/\d+$/, ""));
  const values = (choice?.anyOf ?? [partOf(schema, schemaPath)]).flatMap((part) =>
    part?.const === undefined ? [] : [String(part.const)],
  );
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function partOf(schema: object, schemaPath: string): SchemaPart | undefined {
  let part: unknown = schema;
  for (const step of schemaPath.split("/").slice(1)) {
    if (typeof part !== "object" || part === null) return undefined;
    part = (part as Record<string, unknown>)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof part === "object" && part !== null ? part : undefined;
}

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");
