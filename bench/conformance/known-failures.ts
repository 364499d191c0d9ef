/**
 * Why a test of the suite does not pass, where we know: by the id of the test. Everything that fails
 * and is not named here is told as unexplained, and so is what stands here and passes.
 */
export const KNOWN_FAILURES: Readonly<Record<string, string>> = {};
