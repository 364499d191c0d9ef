/**
 * Tells whether something that was built is still what its inputs would give: the hash of all their
 * names and contents, kept beside what was built.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root
 * @param {readonly string[]} inputs files and folders below the root; one that is absent counts as that
 */
export function hashInputs(root, inputs) {
  const hash = createHash("sha256");
  for (const path of inputs.flatMap((input) => filesOf(root, input)).sort()) {
    const content = readFileSync(join(root, path));
    // With the length between them, no two sets of files read the same.
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/** @param {string} stampFile @param {string} hash */
export function isStamped(stampFile, hash) {
  try {
    return readFileSync(stampFile, "utf8").trim() === hash;
  } catch {
    return false;
  }
}

/** @param {string} stampFile @param {string} hash */
export function writeStamp(stampFile, hash) {
  writeFileSync(stampFile, `${hash}\n`);
}

/**
 * @param {string} root @param {string} path
 * @returns {string[]}
 */
function filesOf(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat?.isFile()) return isInput(path) ? [path] : [];
  if (!stat?.isDirectory()) return [];
  return readdirSync(join(root, path)).flatMap((name) => filesOf(root, `${path}/${name}`));
}

/** Tests and notes do not go into what is built. */
/** @param {string} path */
function isInput(path) {
  return !/\.(test|spec)\.ts$|\.md$/.test(path);
}
