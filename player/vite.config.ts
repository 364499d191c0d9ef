/**
 * Builds the player for pages: `--mode module` gives ESM that imports the page's own hls.js,
 * `--mode global` one script that brings hls.js along and sets `Understudy`.
 */
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => {
  const isGlobal = mode === "global";
  return {
    root: import.meta.dirname,
    build: {
      outDir: "../dist/player",
      emptyOutDir: !isGlobal,
      sourcemap: true,
      target: "es2022",
      lib: {
        entry: "create-failover-player.ts",
        name: "Understudy",
        formats: isGlobal ? ["iife"] : ["es"],
        fileName: () => (isGlobal ? "understudy.iife.js" : "understudy.js"),
      },
      rolldownOptions: { external: isGlobal ? [] : ["hls.js"] },
    },
  };
});
