/**
 * The `package.json` of what a page installs: what the repository's own one says, and which of the files
 * that are built a page may name.
 *
 * `understudy-reports.js` is not among them: `understudy.js` loads it from beside itself.
 */

/** Of the repository's `package.json`. */
export type RepositoryManifest = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

const REGISTER = {
  types: "./register-failover-worker.d.ts",
  default: "./register-failover-worker.js",
} as const;
const SCRIPTS = ["./understudy-worker.js", "./understudy.iife.js"] as const;

/** @throws {TypeError} if the repository does without hls.js. */
export function packageManifest(repository: RepositoryManifest): object {
  const { name, version, description, license, dependencies } = repository;
  const hls = dependencies["hls.js"];
  if (hls === undefined) throw new TypeError("Cannot make a package: hls.js is no dependency");
  return {
    name,
    version,
    description,
    license,
    type: "module",
    // A bundler may leave out whatever is not called, but for the scripts that do something by themselves.
    sideEffects: SCRIPTS,
    exports: {
      ".": { types: "./understudy.d.ts", default: "./understudy.js" },
      "./register-failover-worker": REGISTER,
      "./register-failover-worker.js": REGISTER,
      ...Object.fromEntries(SCRIPTS.map((file) => [file, file])),
      "./package.json": "./package.json",
    },
    // The page brings it, of the minor version that ours was tried with: what we set aside in it is not all public.
    peerDependencies: { "hls.js": `~${hls}` },
  };
}
