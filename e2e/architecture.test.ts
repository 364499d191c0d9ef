/**
 * The rules of ARCHITECTURE.md, enforced. Changing a row here is changing the architecture.
 *
 * Each rule is a function of who imports and what is imported, so the second half of this file can
 * feed it imports that break it: a rule that cannot fail is no rule.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";

/**
 * `steering/core/ranking.ts` stands in service `steering`, part `core`. A package is service `npm`
 * and a built-in module service `node`, with their name as part.
 */
type Place = { readonly service: string; readonly part: string; readonly path: string };
type Rule = (from: Place, to: Place) => boolean;

const SERVICES = ["origin", "appliance", "steering", "chaos", "player"];
const BROWSER = ["player", "site"];
const ABOVE_FLEET = ["bench", "scenarios", "cli", "e2e"];
const FOLDERS = [...SERVICES, "kernel", "chassis", "fleet", "site", "media", "setup"];
const KNOWN_FOLDERS = [...FOLDERS, ...ABOVE_FLEET, "deploy"];
/** They read no clock, draw no random number and do no I/O, or take what they need as arguments. */
const PURE_PACKAGES = ["typebox", "lru-cache", "@xmldom/xmldom", "ipaddr.js"];
/** They load the HTTP cache suite, which may be any checkout: its place is known when they run. */
const SUITE_LOADERS = ["bench/run-on-loopback.ts", "bench/run-suite-client.ts"];
const FORBIDDEN_NAMES =
  /^(utils?|helpers?|common|shared|types?|managers?|services?|handlers?|data|index)\.(m?[jt]s)$/;
const README_MAX_LINES = 40;

const isPurePackage = ({ service, part }: Place) =>
  service === "npm" && PURE_PACKAGES.includes(part);
const isRepository = ({ service }: Place) => service !== "npm" && service !== "node";
const isToolConfig = ({ part }: Place) => part.endsWith(".config.ts");

/** Rules for every source, tests included: who may know whom. */
const NEIGHBOUR_RULES: Readonly<Record<string, Rule>> = {
  "services meet only at a contract": (from, to) =>
    !SERVICES.includes(from.service) ||
    !SERVICES.includes(to.service) ||
    from.service === to.service ||
    to.part === "contract",
  "fleet knows the services by their contracts, and starts them as programs": (from, to) =>
    from.service !== "fleet" ||
    ["fleet", "chassis", "kernel", "npm", "node"].includes(to.service) ||
    (SERVICES.includes(to.service) && to.part === "contract"),
  "fleet stands above the services: below it only its contract is known": (from, to) =>
    to.service !== "fleet" ||
    to.part === "contract" ||
    ["fleet", ...ABOVE_FLEET].includes(from.service),
  "only cli and e2e stand above bench": (from, to) =>
    to.service !== "bench" || ["bench", "cli", "e2e"].includes(from.service),
  "nothing imports e2e": (from, to) => to.service !== "e2e" || from.service === "e2e",
  "nothing imports a main": (_, to) => !isRepository(to) || basename(to.path) !== "main.ts",
  "the site stands on the player, the kernel and contracts, and on nothing else of ours": (
    from,
    to,
  ) =>
    from.service !== "site" ||
    !isRepository(to) ||
    ["site", "player", "kernel"].includes(to.service) ||
    to.part === "contract",
  "nothing imports the site": (from, to) =>
    to.service !== "site" || ["site", "e2e"].includes(from.service),
  "media imports the kernel, Node and Playwright, and nothing imports media": (from, to) =>
    from.service === "media"
      ? ["media", "kernel", "node"].includes(to.service) || to.part === "playwright"
      : to.service !== "media",
  "set-up runs before anything is installed: it imports Node, and Playwright once it is there": (
    from,
    to,
  ) =>
    from.service !== "setup" || ["setup", "node"].includes(to.service) || to.part === "playwright",
  "only stories and the lab, which need a browser, use what set-up knows": (from, to) =>
    to.service !== "setup" ||
    ["setup", "e2e"].includes(from.service) ||
    from.path.startsWith("bench/lab/"),
};

/** Rules for what runs, tests left out: imports go down only. */
const LAYER_RULES: Readonly<Record<string, Rule>> = {
  "a contract imports only contracts, the kernel and typebox": (from, to) =>
    from.part !== "contract" ||
    to.part === "contract" ||
    to.service === "kernel" ||
    to.part === "typebox",
  "a core imports only its own core, contracts, the kernel and pure packages": (from, to) =>
    from.part !== "core" ||
    to.part === "contract" ||
    to.service === "kernel" ||
    isPurePackage(to) ||
    (to.part === "core" && to.service === from.service),
  "the kernel imports only itself and pure packages": (from, to) =>
    from.service !== "kernel" || to.service === "kernel" || isPurePackage(to),
  "the chassis imports only itself, the kernel and packages": (from, to) =>
    from.service !== "chassis" || ["chassis", "kernel", "npm", "node"].includes(to.service),
  "the chassis is for servers: cores, contracts and the browser do without it": (from, to) =>
    to.service !== "chassis" ||
    !(["core", "contract"].includes(from.part) || [...BROWSER, "kernel"].includes(from.service)),
  "a shell does not import what is built from it": (from, to) =>
    !isShell(from) || !isRepository(to) || !/^(app|start-[\w-]+)\.ts$/.test(to.part),
  "what runs in a browser imports nothing of Node": (from, to) =>
    !BROWSER.includes(from.service) || isToolConfig(from) || to.service !== "node",
};

/** Where the real world may come in. Everything else takes it as arguments. */
const ENVIRONMENT_READERS = [
  /(^|\/)main\.ts$/,
  /^e2e\/playwright\.config\.ts$/,
  /^setup\/ensure\.mjs$/,
  /^e2e\/(take-screenshots|soak)\.ts$/,
];
const CLOCK_READERS = [
  /^[\w-]+\/(?:(?:conformance|lab)\/)?(main|run-[\w-]+|start-[\w-]+|create-[\w-]+)\.ts$/,
  // Pages and drawing are shells to their last line; stories watch a real browser.
  /^(site\/(?!core\/)|e2e\/|setup\/|media\/)/,
];
const WORLD_RULES: Readonly<Record<string, { banned: RegExp; readers: readonly RegExp[] }>> = {
  "process.env is read where a program starts": {
    banned: /\bprocess\s*\.\s*env\b|\bprocess\s*\[/,
    readers: ENVIRONMENT_READERS,
  },
  "clocks and randomness come in where a program is put together": {
    banned:
      /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bMath\s*\.\s*random\b|\bperformance\s*\.\s*now\b/,
    readers: CLOCK_READERS,
  },
};

const root = join(import.meta.dirname, "..");
const everySource = globSync("*/**/*.{ts,mjs}", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|test-results)(\/|$)/.test(path),
})
  // The examples below are imports to the patterns, but not to Node.
  .filter((file) => file !== "e2e/architecture.test.ts")
  .sort();
const programs = everySource.filter((file) => !isTest(file));

test("the tree has sources to check", () => {
  assert.ok(programs.length > 50);
  assert.ok(programs.some((file) => file.startsWith("steering/core/")));
});

for (const [rules, sources] of [
  [NEIGHBOUR_RULES, everySource],
  [LAYER_RULES, programs],
] as const) {
  for (const [name, holds] of Object.entries(rules)) {
    test(name, () => {
      const violations = sources.flatMap((file) => violationsOf(holds, file, read(file)));
      assert.deepEqual(violations, []);
    });
  }
}

for (const [name, rule] of Object.entries(WORLD_RULES)) {
  test(name, () => {
    const offenders = programs.filter((file) => breaksWorldRule(rule, file, read(file)));
    assert.deepEqual(offenders, []);
  });
}

test("a dynamic import says what it imports", () => {
  const hidden = everySource
    .filter((file) => !SUITE_LOADERS.includes(file))
    .filter((file) => hasHiddenImport(read(file)));
  assert.deepEqual(hidden, []);
});

test("every core and kernel file has its test beside it", () => {
  const untested = programs
    .filter((file) => placeOf(file).part === "core" || placeOf(file).service === "kernel")
    .filter((file) => !file.endsWith(".d.ts"))
    .filter((file) => !existsSync(join(root, file.replace(/\.ts$/, ".test.ts"))));
  assert.deepEqual(untested, []);
});

test("every source stands in a folder that the design knows", () => {
  const strangers = everySource.filter((file) => !KNOWN_FOLDERS.includes(placeOf(file).service));
  assert.deepEqual(strangers, []);
});

test("no file has a name that says nothing", () => {
  assert.deepEqual(
    everySource.filter((file) => FORBIDDEN_NAMES.test(basename(file))),
    [],
  );
});

test(`every top folder has a README of at most ${README_MAX_LINES} lines of text`, () => {
  const folders = [...new Set(everySource.map((file) => placeOf(file).service))];
  assert.deepEqual(
    folders.filter((folder) => !hasShortReadme(folder)),
    [],
  );
});

describe("planted violations are found", () => {
  const rules = { ...NEIGHBOUR_RULES, ...LAYER_RULES };
  const PLANTED: readonly (readonly [file: string, source: string, rule: string])[] = [
    ["steering/core/a.ts", `import { x } from "../probe/b.ts";`, "a core imports only"],
    ["steering/core/a.ts", `import type { X } from "../app.ts";`, "a core imports only"],
    ["steering/core/a.ts", `import {\n  x,\n  y,\n} from "node:fs";`, "a core imports only"],
    ["steering/core/a.ts", `import fs, { type Y } from 'node:fs'`, "a core imports only"],
    ["steering/core/a.ts", `const x = await import("undici");`, "a core imports only"],
    ["steering/core/a.ts", `const x = await import(\n  "undici"\n);`, "a core imports only"],
    ["steering/core/a.ts", `import "undici";`, "a core imports only"],
    ["steering/core/a.ts", `export { x } from "../app.ts";`, "a core imports only"],
    ["steering/core/a.ts", `export * as x from "../app.ts";`, "a core imports only"],
    ["steering/core/a.ts", `type X = import("../app.ts").X;`, "a core imports only"],
    [
      "steering/core/a.ts",
      `const g = "/*"; import { x } from "../app.ts"; // */`,
      "a core imports",
    ],
    ["steering/core/a.ts", `import { x } from "../../appliance/core/b.ts";`, "services meet only"],
    ["steering/core/a.ts", `import { x } from "../../chassis/b.ts";`, "the chassis is for servers"],
    ["player/hls/a.ts", `import { x } from "../../chassis/b.ts";`, "the chassis is for servers"],
    ["player/hls/a.ts", `import { join } from "node:path";`, "what runs in a browser"],
    ["player/transport/a.ts", `import { x } from "../../steering/app.ts";`, "services meet only"],
    ["steering/contract/a.ts", `import { x } from "../core/b.ts";`, "a contract imports only"],
    ["steering/contract/a.ts", `import Fastify from "fastify";`, "a contract imports only"],
    ["kernel/a.ts", `import { x } from "../chassis/b.ts";`, "the kernel imports only"],
    ["kernel/a.ts", `import { createHash } from "node:crypto";`, "the kernel imports only"],
    ["kernel/a.ts", `import { x } from "../origin/contract/b.ts";`, "the kernel imports only"],
    ["chassis/a.ts", `import { x } from "../origin/contract/b.ts";`, "the chassis imports only"],
    ["steering/probe/a.ts", `import { build } from "../app.ts";`, "a shell does not import"],
    ["steering/probe/a.ts", `import { x } from "../start-steering.ts";`, "a shell does not import"],
    ["steering/app.ts", `import "./main.ts";`, "nothing imports a main"],
    ["site/pages/a.ts", `import { x } from "../../steering/core/b.ts";`, "the site stands on"],
    ["site/pages/a.ts", `import { readFile } from "node:fs/promises";`, "what runs in a browser"],
    ["origin/site/a.ts", `import { x } from "../../site/core/b.ts";`, "nothing imports the site"],
    ["media/make/a.ts", `import { x } from "../../origin/app.ts";`, "media imports"],
    ["origin/a.ts", `import { x } from "../media/make/b.ts";`, "media imports"],
    ["setup/a.mjs", `import { Type } from "typebox";`, "set-up runs before"],
    ["setup/a.mjs", `import { x } from "../kernel/b.ts";`, "set-up runs before"],
    ["origin/a.ts", `import { x } from "../setup/find-browser.mjs";`, "only stories"],
    ["fleet/a.ts", `import { x } from "../steering/app.ts";`, "fleet knows the services"],
    ["origin/a.ts", `import { x } from "../fleet/start-fleet.ts";`, "fleet stands above"],
    ["fleet/a.ts", `import { x } from "../bench/b.ts";`, "only cli and e2e stand above bench"],
    ["fleet/a.test.ts", `import { x } from "../e2e/b.ts";`, "nothing imports e2e"],
  ];
  for (const [file, source, expected] of PLANTED) {
    test(`${file}: ${source.replaceAll("\n", " ")}`, () => {
      const broken = Object.entries(rules)
        .filter(([, holds]) => violationsOf(holds, file, source).length > 0)
        .map(([name]) => name);
      assert.ok(
        broken.some((name) => name.startsWith(expected)),
        broken.join("; "),
      );
    });
  }

  const FINE: readonly (readonly [file: string, source: string])[] = [
    ["steering/core/a.ts", `import { x } from "./b.ts";`],
    ["steering/core/a.ts", `import { x } from "../../kernel/backoff.ts";`],
    ["steering/core/a.ts", `import { Type } from "typebox";\nimport { V } from "typebox/value";`],
    ["steering/core/a.ts", `import type { X } from "../../appliance/contract/b.ts";`],
    ["steering/core/a.ts", `// import { x } from "../app.ts";`],
    ["steering/core/a.ts", `/* import { x } from "../app.ts"; */`],
    ["steering/app.ts", `import { x } from "./probe/b.ts"; import f from "fastify";`],
    ["steering/start-steering.ts", `import { x } from "./app.ts";`],
    ["site/wire/a.ts", `import { x } from "../../fleet/contract/process-control.ts";`],
    ["site/wire/a.ts", `import { x } from "../../player/create-failover-player.ts";`],
    ["player/vite.config.ts", `import { join } from "node:path";`],
    ["e2e/rig.ts", `import { findBrowser } from "../setup/find-browser.mjs";`],
  ];
  for (const [file, source] of FINE) {
    test(`and nothing is wrong with ${file}: ${source.replaceAll("\n", " ")}`, () => {
      for (const [name, holds] of Object.entries(rules)) {
        assert.deepEqual(violationsOf(holds, file, source), [], name);
      }
    });
  }

  const WORLD: readonly (readonly [file: string, source: string, broken: number])[] = [
    ["steering/core/a.ts", "const nowMs = Date.now();", 1],
    ["steering/core/a.ts", "const date = new Date();", 1],
    ["steering/core/a.ts", "const date = new Date(wallMs);", 0],
    ["site/core/a.ts", "const nowMs = performance.now();", 1],
    ["site/wire/a.ts", "const nowMs = performance.now();", 0],
    ["kernel/a.ts", "const draw = Math\n  .random();", 1],
    ["steering/probe/a.ts", "const draw = Math.random;", 1],
    ["steering/main.ts", "const draw = Math.random;", 0],
    ["steering/start-steering.ts", "const env = process.env;", 1],
    ["steering/main.ts", "const env = process.env;", 0],
    ["steering/probe/a.ts", 'const env = process["env"];', 1],
    ["steering/probe/a.ts", "/** `process.env`, which only main reads. */", 0],
    ["steering/probe/a.ts", "const url = `http://x/$" + "{Date.now()}`;", 1],
    ["steering/core/start-a.ts", "const nowMs = Date.now();", 1],
  ];
  for (const [file, source, expected] of WORLD) {
    test(`${expected === 0 ? "and nothing is wrong with " : ""}${file}: ${source}`, () => {
      const broken = Object.values(WORLD_RULES).filter((rule) =>
        breaksWorldRule(rule, file, source),
      );
      assert.equal(broken.length, expected);
    });
  }

  test("an import of something that is computed", () => {
    assert.equal(hasHiddenImport("await import(name)"), true);
    assert.equal(hasHiddenImport('await import("./" + name)'), true);
    assert.equal(hasHiddenImport('await import("playwright")'), false);
  });

  for (const name of ["utils.ts", "index.ts", "data.mjs", "types.ts", "helper.ts"]) {
    test(`the name ${name}`, () => assert.match(name, FORBIDDEN_NAMES));
  }
});

function violationsOf(holds: Rule, file: string, source: string): string[] {
  return importsOf(file, source)
    .filter((target) => !holds(placeOf(file), target))
    .map((target) => `${file} → ${target.path}`);
}

const STATIC_IMPORT = /\b(?:import|export)\b(?:[^;"'`()]*?\bfrom)?\s*["']([^"']+)["']/g;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*["']([^"']+)["']\s*[),]/g;
const ANY_DYNAMIC_IMPORT = /(?<![.\w])import\s*\(/g;

function importsOf(file: string, source: string): Place[] {
  const code = withoutComments(source);
  return [STATIC_IMPORT, DYNAMIC_IMPORT]
    .flatMap((pattern) => Array.from(code.matchAll(pattern), ([, specifier = ""]) => specifier))
    .map((specifier) => resolve(file, specifier));
}

function hasHiddenImport(source: string): boolean {
  const code = withoutComments(source);
  const all = Array.from(code.matchAll(ANY_DYNAMIC_IMPORT)).length;
  const plain = Array.from(code.matchAll(DYNAMIC_IMPORT)).length;
  return all > plain;
}

function breaksWorldRule(
  { banned, readers }: { banned: RegExp; readers: readonly RegExp[] },
  file: string,
  source: string,
): boolean {
  const isReader = readers.some((reader) => reader.test(file));
  return !isReader && banned.test(withoutComments(source));
}

const TEXT_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** Texts stay, since `"/vod/*"` begins no comment. */
function withoutComments(source: string): string {
  return source.replaceAll(TEXT_OR_COMMENT, (_, text: string | undefined) => text ?? " ");
}

function resolve(file: string, specifier: string): Place {
  if (specifier.startsWith(".")) return placeOf(join(dirname(file), specifier));
  // For Vite, a path that begins at the root of the repository.
  if (specifier.startsWith("/")) return placeOf(specifier.slice(1));
  if (specifier.startsWith("node:")) {
    return { service: "node", part: specifier.slice("node:".length), path: specifier };
  }
  const [scope = "", name = ""] = specifier.split("/");
  const part = scope.startsWith("@") ? `${scope}/${name}` : scope;
  return { service: "npm", part, path: specifier };
}

function placeOf(path: string): Place {
  const [service = "", part = ""] = path.split("/");
  return { service, part, path };
}

/** In a folder of a service that is neither core nor contract. */
function isShell({ service, part, path }: Place): boolean {
  return (
    [...SERVICES, "fleet"].includes(service) &&
    path.split("/").length > 2 &&
    !["core", "contract"].includes(part)
  );
}

/** Rigs and batteries are parts of tests. */
function isTest(file: string): boolean {
  return /\.(test|spec|battery|rig)\.ts$|-rig\.ts$|\/fixtures\//.test(file);
}

function hasShortReadme(folder: string): boolean {
  if (!readdirSync(join(root, folder)).includes("README.md")) return false;
  const lines = read(`${folder}/README.md`).split("\n");
  // A table is looked up and not read through: the lab's has more rows than that.
  return lines.filter((line) => /^[^|]/.test(line)).length <= README_MAX_LINES;
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
