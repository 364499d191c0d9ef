/**
 * Decides whether `node_modules` holds what `package-lock.json` asks for.
 *
 * npm writes `node_modules/.package-lock.json` as its last act, so comparing the two tells more than
 * a stamp of our own: an interrupted installation has none, and one made by hand counts.
 *
 * @typedef {{ readonly version?: string, readonly integrity?: string, readonly optional?: boolean, readonly devOptional?: boolean, readonly peer?: boolean, readonly link?: boolean }} LockedPackage
 * @typedef {{ readonly packages?: Readonly<Record<string, LockedPackage>> }} LockFile
 */

/**
 * @param {LockFile} wanted what package-lock.json says
 * @param {LockFile | undefined} installed what node_modules/.package-lock.json says
 * @returns {string | undefined} the first difference, or undefined if there is none
 */
export function findMissingModule(wanted, installed) {
  if (installed?.packages === undefined) return "node_modules";
  for (const [path, wish] of Object.entries(wanted.packages ?? {})) {
    const found = installed.packages[path];
    // The entry "" is the project itself. Optional packages are for other machines, mostly.
    if (path === "" || (found === undefined && mayBeAbsent(wish))) continue;
    if (found?.version !== wish.version || found?.integrity !== wish.integrity) return path;
  }
  return undefined;
}

/** @param {LockedPackage} wish */
function mayBeAbsent(wish) {
  return wish.optional === true || wish.devOptional === true || wish.peer === true;
}
