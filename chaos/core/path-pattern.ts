/** Decides whether a request target is one of those that a fault is meant for. */

/** @param target of a request; undefined for what is no HTTP, which only `*` stands for. */
export function matchesSomePath(patterns: readonly string[], target: string | undefined): boolean {
  const path = target === undefined ? undefined : pathOf(target);
  return patterns.some((pattern) =>
    path === undefined ? pattern === "*" : matchesPattern(pattern, path),
  );
}

/** Without the query, which holds what differs for each viewer, and without `http://host`. */
export function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "").replace(/\?.*$/, "");
}

/**
 * `*` stands for any characters, none included. The parts between are looked for from left to right,
 * each at its first place, so that no pattern takes long.
 */
function matchesPattern(pattern: string, path: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return path === first;
  if (!path.startsWith(first)) return false;

  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - at >= last.length && path.endsWith(last);
}
