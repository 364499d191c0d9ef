/** The versions of what is measured and of what measures, from their package.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

export const OUR_VERSION = versionIn(join(ROOT, "package.json"));

export function versionOfPackage(name: string): string {
  return versionIn(join(ROOT, "node_modules", name, "package.json"));
}

function versionIn(file: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(file, "utf8"));
  return String(version);
}
