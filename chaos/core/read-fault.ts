/** Reads what a caller wants to break. A refusal says what would have been right. */
import { Value } from "typebox/value";
import { FAULT_NAMES, Fault } from "../contract/faults.ts";
import { describeParameters } from "./describe-parameters.ts";

export type FaultReading =
  | { readonly ok: true; readonly fault: Fault }
  | {
      readonly ok: false;
      readonly reason: "unknown-fault" | "bad-parameter";
      readonly detail: string;
    };

export function readFault(body: unknown): FaultReading {
  const given: Readonly<Record<string, unknown>> =
    typeof body === "object" && body !== null ? { ...body } : {};
  const name = given["fault"];
  const kind = Fault.anyOf.find(({ properties }) => properties.fault.const === name);
  if (kind === undefined) {
    const what = typeof name === "string" ? `There is no fault ${name}` : "No fault is named";
    const detail = `${what}; the faults are ${FAULT_NAMES.join(", ")}`;
    return { ok: false, reason: "unknown-fault", detail };
  }

  const { fault: _name, ...parameters } = kind.properties;
  const flaw = flawOf(given, kind);
  if (flaw === undefined) return { ok: true, fault: given as Fault };
  const detail = `${flaw}. ${name} takes: ${describeParameters(parameters)}`;
  return { ok: false, reason: "bad-parameter", detail };
}

function flawOf(
  given: Readonly<Record<string, unknown>>,
  kind: (typeof Fault.anyOf)[number],
): string | undefined {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(kind.properties, key));
  if (unknown !== undefined) return `There is no parameter ${unknown}`;
  const missing = kind.required.find((key) => !Object.hasOwn(given, key));
  if (missing !== undefined) return `${missing} is missing`;
  const [error] = Value.Errors(kind, given);
  if (error === undefined) return undefined;
  return `${error.instancePath.slice(1).replace("/", " ")} ${error.message}`;
}
