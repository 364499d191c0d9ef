/**
 * Builds the player for pages: `--mode module` gives ESM that imports the page's own hls.js,
 * `--mode global` one script that brings hls.js along and sets `Understudy`.
 */
import { defineConfig, type Plugin } from "vite";

/** What the compiler declares stands in a folder (`tsconfig.build.json`); this is the way there. */
const declarations: Plugin = {
  name: "declarations",
  generateBundle() {
    const source = 'export * from "./types/player/understudy.ts";\n';
    this.emitFile({ type: "asset", fileName: "understudy.d.ts", source });
  },
};

export default defineConfig(({ mode }) => {
  const isGlobal = mode === "global";
  return {
    root: import.meta.dirname,
    plugins: isGlobal ? [] : [declarations],
    build: {
      outDir: "../dist/player",
      emptyOutDir: !isGlobal,
      sourcemap: true,
      target: "es2022",
      lib: {
        entry: "understudy.ts",
        name: "Understudy",
        formats: isGlobal ? ["iife"] : ["es"],
        fileName: () => (isGlobal ? "understudy.iife.js" : "understudy.js"),
      },
      rolldownOptions: {
        external: isGlobal ? [] : ["hls.js"],
        // Vite leaves the white space of a library's ESM to the page's own bundler; not every page has one.
        output: { minify: true },
      },
    },
  };
});
