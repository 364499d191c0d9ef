/** Finds a program of the system in the folders of a search path. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where servers stand that users do not start, so that their PATH may not have it. */
const SERVER_FOLDERS = ["/usr/local/sbin", "/usr/sbin"];

/** @param path the `PATH` of the environment. */
export function serverSearchPath(path: string): string {
  return [path, ...SERVER_FOLDERS].join(delimiter);
}

export function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
