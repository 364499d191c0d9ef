/**
 * Turns one TypeBox schema into a command line: its flags, their help text, defaults and checks.
 *
 * The schema of a service's `config.ts` is the only place that names a setting. Property
 * `ramMebibytes` becomes `--ram-mebibytes`; a property annotated with `env` is read from that
 * environment variable instead and has no flag, because a secret on a command line is visible to
 * every process of the machine. One annotated with `orEnv` has both, and the flag counts. A list
 * annotated with `positional` takes what stands there without a flag. `form` says in words what a
 * pattern wants, and `dropsFinalSlash` that a slash at the end of a text says nothing.
 */
import { parseArgs } from "node:util";
import type { Static, TObject, TSchema } from "typebox";
import { Value } from "typebox/value";
import { IS_MISSING, listMisfits, type Misfit } from "./list-misfits.ts";

export type CommandLine<Config> =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly message: string };

export type CommandLineInput = {
  /** What the program is called in its help, such as `npm run appliance --`. */
  readonly command: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** What JSON Schema keywords this module reads from a property. */
type Setting = {
  readonly type?: string;
  readonly env?: string;
  readonly orEnv?: string;
  readonly positional?: boolean;
  readonly default?: unknown;
  readonly description?: string;
  readonly dropsFinalSlash?: boolean;
  /** Of a list: what each of its entries is. */
  readonly items?: Setting;
};

export function readCommandLine<Schema extends TObject>(
  schema: Schema,
  input: CommandLineInput,
): CommandLine<Static<Schema>> {
  const settings = Object.entries(schema.properties).map(([name, property]) => ({
    name,
    flag: flagOf(name),
    setting: property as TSchema & Setting,
  }));

  let given: Record<string, string | boolean | undefined>;
  let positionals: readonly string[];
  try {
    ({ values: given, positionals } = parseArgs({
      args: [...input.argv],
      options: {
        help: { type: "boolean" },
        ...Object.fromEntries(
          settings
            .filter(({ setting }) => setting.env === undefined && !isPositional(setting))
            .map(({ flag, setting }) => [flag, { type: optionTypeOf(setting) }]),
        ),
      },
      allowNegative: true,
      allowPositionals: settings.some(({ setting }) => isPositional(setting)),
    }));
  } catch (error) {
    return { kind: "invalid", message: `${firstSentence(error)} See ${input.command} --help.` };
  }
  if (given["help"] === true) return { kind: "help", text: helpText(schema, input.command) };

  const config: Record<string, unknown> = {};
  for (const { name, flag, setting } of settings) {
    if (isPositional(setting)) {
      config[name] = positionals;
      continue;
    }
    const variable = setting.env ?? setting.orEnv;
    const raw = given[flag] ?? (variable === undefined ? undefined : input.env[variable]);
    const value = raw === undefined ? setting.default : convert(raw, setting);
    if (value !== undefined) config[name] = value;
  }
  const [misfit] = listMisfits(Value.Errors(schema, config), schema);
  if (misfit === undefined) return { kind: "config", config: config as Static<Schema> };
  const message = describeMisfit(misfit, schema, config);
  return { kind: "invalid", message: `${message}. See ${input.command} --help.` };
}

function isPositional(setting: Setting): boolean {
  return setting.positional === true;
}

/** What a person calls a setting: `--ram-mebibytes`, `UNDERSTUDY_TOKEN` or `<benches>`. */
function labelOf(name: string, setting: Setting | undefined): string {
  if (setting?.positional === true) return `<${name}>`;
  return setting?.env ?? `--${flagOf(name)}`;
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function optionTypeOf(setting: Setting): "boolean" | "string" {
  return setting.type === "boolean" ? "boolean" : "string";
}

/** A number that is not one is passed on as it stands: the schema check then names the flag. */
function convert(raw: string | boolean, setting: Setting): unknown {
  if (typeof raw === "boolean") return raw;
  if (setting.type === "array") {
    return raw === "" ? [] : raw.split(",").map((part) => textOf(part.trim(), setting.items));
  }
  if (setting.type === "string") return textOf(raw, setting);
  if (setting.type !== "integer" && setting.type !== "number") return raw;
  const number = Number(raw);
  return raw.trim() === "" || Number.isNaN(number) ? raw : number;
}

function textOf(raw: string, setting: Setting | undefined): string {
  return setting?.dropsFinalSlash === true ? raw.replace(/\/$/, "") : raw;
}

function helpText(schema: TObject, command: string): string {
  const rows = Object.entries(schema.properties).map(([name, property]) => {
    const setting = property as Setting;
    const fallback = setting.default === undefined ? "" : ` (${String(setting.default)})`;
    const other = setting.orEnv === undefined ? "" : `; or ${setting.orEnv}`;
    return `  ${labelOf(name, setting).padEnd(28)} ${setting.description ?? ""}${other}${fallback}`;
  });
  const words = Object.entries(schema.properties)
    .filter(([, property]) => isPositional(property))
    .map(([name]) => `<${name}> `);
  return [`${command} ${words.join("")}[flags]`, "", ...rows, ""].join("\n");
}

/** @param config what was given; of a list, the entry that does not fit is shown. */
function describeMisfit(
  { instancePath, what }: Misfit,
  schema: TObject,
  config: Readonly<Record<string, unknown>>,
): string {
  const [, name = "", at] = instancePath.split("/");
  const setting = schema.properties[name] as Setting | undefined;
  const label = labelOf(name, setting);
  const wish = setting?.description === undefined ? "" : ` (${setting.description})`;
  if (what === IS_MISSING) return `${label} ${what}${wish}`;
  const entries = config[name];
  // A secret is never shown.
  if (at === undefined || !Array.isArray(entries) || setting?.env !== undefined) {
    return `${label}${wish} ${what}`;
  }
  return `${label}${wish}: ${JSON.stringify(entries[Number(at)])} ${what}`;
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${message.split(/\.(?:\s|$)/)[0]}.`;
}
