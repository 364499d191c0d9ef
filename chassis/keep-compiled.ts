/** For Node, before the program: services are started in the repository's folder. */
export const KEEP_COMPILED = "--import=./chassis/keep-compiled.mjs";
