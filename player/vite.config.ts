/**
 * Builds the player for pages, one file by each mode: `module` gives ESM that imports the page's own
 * hls.js (and loads `reports`, a file beside it, when it plays), `global` one script that brings hls.js along and sets `Understudy`. For pages with another
 * player, `worker` gives the script of the service worker, a classic one, which every browser takes, and
 * `register` the page's end of it. `module` also makes a package of the folder, which npm can pack.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { packageManifest } from "./package-manifest.ts";

/** What the compiler declares stands in a folder (`tsconfig.build.json`); this is the way there. */
function declarations({ entry, fileName }: Build): Plugin {
  const source = `export * from "./types/player/${entry}";\n`;
  return {
    name: "declarations",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: fileName.replace(/\.js$/, ".d.ts"), source });
    },
  };
}

/** What makes the folder a package, to be packed by npm. */
function packageFiles(): Plugin {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
  const manifest = packageManifest(JSON.parse(read("package.json")));
  // What follows leads to pictures and tables that are not in the package.
  const [readme] = read("docs/player.md").split("\n## Beside others\n");
  return {
    name: "package-files",
    generateBundle() {
      for (const [fileName, source] of [
        ["package.json", `${JSON.stringify(manifest, null, 2)}\n`],
        ["README.md", readme],
        ["LICENSE", read("LICENSE")],
      ] as const) {
        this.emitFile({ type: "asset", fileName, source: source ?? "" });
      }
    },
  };
}

/** Each file stands by itself: what two of them need is in both, and not in a third. */
function reportsBeside(): Plugin {
  return {
    name: "reports-beside",
    enforce: "pre",
    resolveId(source) {
      const isReports = source.endsWith(`../${REPORTS.entry}`);
      return isReports ? { id: `./${REPORTS.fileName}`, external: true } : null;
    },
  };
}

type Build = {
  readonly entry: string;
  readonly fileName: string;
  readonly format: "es" | "iife";
  /** What the page brings itself. */
  readonly external: readonly string[];
};

const MODULE: Build = {
  entry: "understudy.ts",
  fileName: "understudy.js",
  format: "es",
  external: ["hls.js"],
};
const REPORTS: Build = {
  ...MODULE,
  entry: "report/start-reporting.ts",
  fileName: "understudy-reports.js",
};
const BUILDS: Readonly<Record<string, Build>> = {
  module: MODULE,
  reports: REPORTS,
  global: { ...MODULE, fileName: "understudy.iife.js", format: "iife", external: [] },
  register: {
    entry: "register-failover-worker.ts",
    fileName: "register-failover-worker.js",
    format: "es",
    external: [],
  },
  worker: {
    entry: "start-failover-worker.ts",
    fileName: "understudy-worker.js",
    format: "iife",
    external: [],
  },
};

export default defineConfig(({ mode }) => {
  const build = BUILDS[mode] ?? MODULE;
  const { entry, fileName, format, external } = build;
  return {
    root: import.meta.dirname,
    plugins: [
      ...(format === "es" ? [declarations(build), reportsBeside()] : []),
      ...(mode === "module" ? [packageFiles()] : []),
    ],
    build: {
      outDir: "../dist/player",
      emptyOutDir: mode === "module",
      sourcemap: true,
      target: "es2022",
      lib: { entry, name: "Understudy", formats: [format], fileName: () => fileName },
      rolldownOptions: {
        external: [...external],
        // Vite leaves the white space of a library's ESM to the page's own bundler; not every page has one.
        // And that a `new Map()` is pure each bundler knows by itself: no need to send it each time.
        output: { minify: true, comments: { annotation: false } },
      },
    },
  };
});
