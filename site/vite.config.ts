/** Builds the site: one app whose pages are chosen by path, served by the origin from `dist/site`. */
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  publicDir: false,
  build: {
    outDir: "../dist/site",
    emptyOutDir: true,
    target: "es2023",
    // `light-dark()` and nesting stay as they are written.
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    // Everything is a file of its own, so that a strict content security policy needs no `data:`.
    assetsInlineLimit: 0,
    // hls.js is the largest piece, and only the watch page loads it.
    chunkSizeWarningLimit: 900,
  },
});
