/** Tells from npm's output why an installation failed, in the words of the one line that we print. */

const NO_NETWORK =
  /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/**
 * @param {string} output
 * @returns {{ readonly kind: "no-network" | "no-space" | "no-rights" | "other", readonly advice: string }}
 */
export function explainNpmFailure(output) {
  const network = NO_NETWORK.exec(output)?.[1];
  if (network !== undefined) {
    return {
      kind: "no-network",
      advice: `the npm registry cannot be reached (${network}). Check the network, or the proxy and registry settings of npm, and run the command again`,
    };
  }
  if (/\bENOSPC\b/.test(output)) {
    return { kind: "no-space", advice: "the disk is full. Make room and run the command again" };
  }
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output)) {
    return {
      kind: "no-rights",
      advice: "this folder may not be written. Take ownership of it and run the command again",
    };
  }
  return { kind: "other", advice: "npm install failed" };
}
