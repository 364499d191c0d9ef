/**
 * What differs between two JSON documents, as Edda's `_diff`: each place by its JSON pointer
 * (RFC 6901), with what stood there before and stands there now.
 *
 * Arrays are compared place by place. A list of differences that would be long is cut.
 */

export type ChangedPath = {
  readonly path: string;
  /** Undefined where there was nothing. */
  readonly from: unknown;
  readonly to: unknown;
};

export function changedPaths(before: unknown, after: unknown, maxPaths: number): ChangedPath[] {
  const changes: ChangedPath[] = [];
  collect(before, after, "", (change) => {
    if (changes.length < maxPaths) changes.push(change);
    return changes.length < maxPaths;
  });
  return changes;
}

/** @returns false once no more is wanted. */
function collect(
  from: unknown,
  to: unknown,
  path: string,
  found: (change: ChangedPath) => boolean,
): boolean {
  if (Object.is(from, to)) return true;
  if (!isContainer(from) || !isContainer(to) || Array.isArray(from) !== Array.isArray(to)) {
    return found({ path, from, to });
  }
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  for (const key of [...keys].sort()) {
    const place = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!collect(ownValue(from, key), ownValue(to, key), place, found)) return false;
  }
  return true;
}

type Container = Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function ownValue(container: Container, key: string): unknown {
  return Object.hasOwn(container, key) ? container[key] : undefined;
}
