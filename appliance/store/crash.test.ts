/**
 * The disk tier of a real process that is killed under load, again and again, with its files damaged
 * while it is down. `npm run bench -- crash` does the same for longer.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Agent, request } from "undici";
import { damageFile, drawFileDamage } from "../../kernel/file-damage.ts";
import { type Random, seededRandom } from "../../kernel/seeded-random.ts";
import { atEnd, bodyOf, newFolder, type OriginHandler, startOrigin } from "../app.rig.ts";

const MAIN = join(import.meta.dirname, "..", "main.ts");
const KILLS = 5;
const CLIENTS = 4;
const MEBIBYTE = 1024 * 1024;
const DISK_MEBIBYTES = 8;
const DAMAGED_SHARE = 0.3;
/** Into the folder, after so many answers. */
const LOOK_EVERY = 10;

/** Half as much again as the disk holds, so that it is full and something has to go all the time. */
const OBJECTS = Array.from({ length: 48 }, (_, index) => {
  const path = `/${index}`;
  return { path, body: bodyOf(path, 1_000 + index * 10_500) };
});

test("a process killed under load serves no wrong byte, and its disk is never over its limit", async (t) => {
  const random = seededRandom("crash");
  const origin = await startOrigin(t);
  for (const { path, body } of OBJECTS) origin.on(path, answerWith(body));
  const folder = await newFolder(t);
  const client = new Agent();
  atEnd(t, () => client.destroy());

  let fromStore = 0;
  for (let round = 0; round <= KILLS; round += 1) {
    const { url, child } = await startProcess(t, origin.url, folder);
    const isLast = round === KILLS;
    const answers = isLast ? 300 : 50 + Math.floor(random() * 200);
    const askedBefore = origin.asked.length;
    const load = new Load({ url, client, random, folder });
    await load.answers(answers);
    fromStore += answers - (origin.asked.length - askedBefore);
    // With clients in the midst of bodies, and bodies on their way to the disk.
    child.kill("SIGKILL");
    await once(child, "exit");
    await load.stopped();
    assertWithinLimit(await bytesIn(folder));
    if (!isLast) await damageSome(folder, random);
  }
  assert.ok(fromStore > 200, `only ${fromStore} answers came from what was stored`);
});

function answerWith(body: Buffer): OriginHandler {
  return (_, response) => {
    const fields = { "cache-control": "max-age=3600", etag: '"v1"', "content-length": body.length };
    response.writeHead(200, fields).end(body);
  };
}

type LoadOptions = {
  readonly url: string;
  readonly client: Agent;
  readonly random: Random;
  readonly folder: string;
};

/** A few clients that ask for random objects and check each whole answer, until the server is gone. */
class Load {
  readonly #options: LoadOptions;
  readonly #clients: Promise<void>[];
  #answers = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #onWanted: (() => void) | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: CLIENTS }, () => this.#askOn());
  }

  /** Resolves when so many have come; rejects for a wrong one. */
  answers(count: number): Promise<unknown> {
    this.#wanted = count;
    const reached = new Promise<void>((resolve) => {
      this.#onWanted = resolve;
    });
    return Promise.race([reached, this.stopped()]);
  }

  /** Resolves when no client asks any more; rejects where one got a wrong answer. */
  async stopped(): Promise<void> {
    await Promise.all(this.#clients);
  }

  async #askOn(): Promise<void> {
    for (;;) {
      const answer = await this.#ask();
      // The server was killed.
      if (answer === undefined) return;
      const { path, body, bytes } = answer;
      assert.ok(bytes.equals(body), `wrong bytes of ${path}`);
      this.#answers += 1;
      if (this.#answers % LOOK_EVERY === 0) assertWithinLimit(await bytesIn(this.#options.folder));
      if (this.#answers >= this.#wanted) this.#onWanted?.();
    }
  }

  async #ask() {
    const { url, client, random } = this.#options;
    const { path, body } = OBJECTS[Math.floor(random() * OBJECTS.length)] ?? assert.fail();
    try {
      const answer = await request(url + path, { dispatcher: client });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { path, body, bytes };
    } catch {
      return undefined;
    }
  }
}

function assertWithinLimit(bytes: number): void {
  assert.ok(bytes <= DISK_MEBIBYTES * MEBIBYTE, `${bytes} bytes in the folder`);
}

async function startProcess(
  t: TestContext,
  origin: string,
  folder: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const flags = {
    "--id": "east-1",
    "--region": "east",
    "--port": "0",
    "--origin": origin,
    "--cache-folder": folder,
    "--ram-mebibytes": "1",
    "--disk-mebibytes": String(DISK_MEBIBYTES),
  };
  const child = fork(MAIN, Object.entries(flags).flat(), { silent: true, env: {} });
  atEnd(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => assert.fail("the appliance did not start")),
  ]);
  return { url: message.url, child };
}

/** Every kind of file may be hit: objects, the journal, what was just being written. */
async function damageSome(folder: string, random: Random): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (random() >= DAMAGED_SHARE) continue;
    const path = join(folder, name);
    const file = await readFile(path);
    if (file.length === 0) continue;
    await writeFile(path, damageFile(file, drawFileDamage(file.length, random)));
  }
}

async function bytesIn(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder)) {
    // A file may be unlinked while it is being counted.
    total += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return total;
}
