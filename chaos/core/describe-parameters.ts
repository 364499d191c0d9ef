/** Says which parameters a fault takes and in which ranges, read from its schema and written nowhere else. */
import type { TSchema } from "typebox";

/** What JSON Schema keywords this module reads from a parameter. */
type Parameter = {
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Parameter;
  readonly description?: string;
};

/** Such as `seconds (number, over 0, at most 3600; after which it heals by itself); share (…)`. */
export function describeParameters(parameters: Readonly<Record<string, TSchema>>): string {
  return Object.entries(parameters)
    .map(([name, schema]) => {
      const parameter: Parameter = schema;
      const wish = parameter.description === undefined ? "" : `; ${parameter.description}`;
      return `${name} (${describeValue(parameter)}${wish})`;
    })
    .join("; ");
}

const WORDS: Readonly<Record<string, string>> = { string: "text", array: "list" };

function describeValue(parameter: Parameter): string {
  const { type = "value", minimum, exclusiveMinimum, maximum } = parameter;
  const { minLength, maxLength, minItems, maxItems, items } = parameter;
  return [
    WORDS[type] ?? type,
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`over ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(maxLength === undefined ? [] : [`of ${minLength ?? 0} to ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`of ${minItems ?? 0} to ${maxItems}`]),
    ...(items === undefined ? [] : [`each a ${describeValue(items)}`]),
  ].join(", ");
}
