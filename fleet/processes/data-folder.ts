/**
 * The folder that a fleet keeps its caches, logs and token in, and that no second fleet may use: two
 * of them would write into each other's caches.
 *
 * Whether the one that was there is still there is asked of its control API, because a process id in
 * a file may long belong to somebody else.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StartError } from "../../chassis/run-service.ts";
import { PROCESSES_PATH } from "../contract/process-control.ts";

export type DataFolder = {
  /** Absolute. */
  readonly path: string;
  logFileOf(name: string): string;
  /** Says that the folder is ours, and leaves the token for scripts of the same user. */
  claim(owner: { readonly controlUrl: string; readonly token: string }): void;
  release(): void;
};

const ANSWER_LIMIT_MS = 1_000;

/** @throws {StartError} if another fleet uses it, or if it cannot be made. */
export async function openDataFolder(asGiven: string): Promise<DataFolder> {
  const path = resolve(asGiven);
  const claimFile = join(path, "fleet.json");
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new StartError(`Cannot make the folder ${asGiven}. Choose another with --data.`, {
      cause: error,
    });
  }
  const owner = await livingOwner(claimFile);
  if (owner !== undefined) {
    throw new StartError(
      `Folder ${asGiven} is in use by the fleet at ${owner}. Choose another: npm start -- --data FOLDER`,
    );
  }
  return {
    path,
    logFileOf: (name) => join(path, "logs", `${name}.log`),
    claim: ({ controlUrl, token }) => {
      writeSecretly(join(path, "token"), `${token}\n`);
      writeFileSync(claimFile, `${JSON.stringify({ controlUrl })}\n`);
    },
    release: () => rmSync(claimFile, { force: true }),
  };
}

async function livingOwner(claimFile: string): Promise<string | undefined> {
  try {
    const { controlUrl } = JSON.parse(readFileSync(claimFile, "utf8"));
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const response = await fetch(`${controlUrl}${PROCESSES_PATH}`, { signal });
    return response.ok ? controlUrl : undefined;
  } catch {
    // No file, or nobody answers where it says: whoever wrote it is gone.
    return undefined;
  }
}

/** The mode of a file that is there already is not changed by writing it. */
function writeSecretly(file: string, text: string): void {
  writeFileSync(file, "", { mode: 0o600 });
  chmodSync(file, 0o600);
  writeFileSync(file, text);
}
