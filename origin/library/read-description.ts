/**
 * Reads a small JSON file that describes a title or a channel, and checks it against its schema.
 *
 * Throws an error that says in one sentence what is wrong with the file. Symbolic links are not
 * followed.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";

export async function readDescription<Schema extends TSchema>(
  path: string,
  schema: Schema,
  maxBytes: number,
): Promise<Static<Schema>> {
  const facts: unknown = JSON.parse(await readSmallFile(path, maxBytes));
  const [error] = Value.Errors(schema, facts);
  if (error !== undefined) {
    throw new Error(`${basename(path)}${error.instancePath} ${error.message}`);
  }
  return facts as Static<Schema>;
}

async function readSmallFile(path: string, maxBytes: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) throw new Error(`${basename(path)} has ${size} bytes of ${maxBytes}`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
