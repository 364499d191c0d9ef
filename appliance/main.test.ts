/** The appliance as a process: what only a process can show, such as signals and being killed. */
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Agent, request } from "undici";
import { seededRandom } from "../kernel/seeded-random.ts";
import {
  atEnd,
  bodyOf,
  newFolder,
  type OriginRig,
  ReceivedBody,
  startOrigin,
  until,
  wholeBody,
} from "./app.rig.ts";
import { newCertificate } from "./listen/certificates.rig.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const NAMED = ["--id", "east-1", "--region", "east", "--port", "0"];

type Process = { readonly url: string; readonly child: ChildProcess };

async function startProcess(t: TestContext, ...flags: string[]): Promise<Process> {
  const child = fork(MAIN, [...NAMED, ...flags], { silent: true, env: {} });
  atEnd(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const [message] = await once(child, "message");
  return { url: message.url, child };
}

async function get(url: string): Promise<Buffer> {
  const { body } = await request(url);
  return Buffer.from(await body.arrayBuffer());
}

describe("an appliance process", () => {
  test("on SIGTERM finishes a running download to its last byte, and exits with 0", async (t) => {
    const origin = await startOrigin(t);
    origin.on("/a", wholeBody(20_000_000));
    const { url, child } = await startProcess(t, "--origin", origin.url);
    const { body } = await request(`${url}/a`);
    const received = new ReceivedBody(body);
    await received.first(1);
    // Its client stops reading: most of the body is still in the appliance.
    body.pause();
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await once(child.stdout ?? child, "data");
    body.resume();
    assert.ok((await received.whole).equals(bodyOf("/a", 20_000_000)));
    assert.deepEqual(await exited, [0, null]);
  });

  test("keeps its objects over a restart", async (t) => {
    const origin = await startOrigin(t);
    const flags = ["--origin", origin.url, "--cache-folder", await newFolder(t)];
    const first = await startProcess(t, ...flags);
    await get(`${first.url}/a`);
    await until(async () => (await objectsOnDisk(first)) === 1);
    first.child.kill("SIGTERM");
    await once(first.child, "exit");

    const second = await startProcess(t, ...flags);
    await until(async () => (await objectsOnDisk(second)) === 1);
    assert.deepEqual(await get(`${second.url}/a`), bodyOf("/a", 10_000));
    assert.deepEqual(origin.asked, ["GET /a"]);
  });

  test("killed in the middle of writing, serves no wrong byte afterwards", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const flags = ["--origin", origin.url, "--cache-folder", folder, "--ram-mebibytes", "1"];
    const paths: string[] = [];

    for (let round = 0; round < 3; round += 1) {
      const { url, child } = await startProcess(t, ...flags);
      const fresh = Array.from({ length: 8 }, (_, index) => `/${round}-${index}`);
      for (const path of fresh) origin.on(path, wholeBody(3_000_000));
      paths.push(...fresh);
      let isWritten = false;
      const downloads = Promise.allSettled(fresh.map((path) => get(url + path))).then(() => {
        isWritten = true;
      });
      await until(async () => {
        const isInTheMiddle = isWritten || (await isBeingWritten(folder));
        return isInTheMiddle && (await wholeObjects(folder)).length > round;
      });
      child.kill("SIGKILL");
      await once(child, "exit");
      await downloads;
    }
    await damageSome(folder);

    const { url } = await startProcess(t, ...flags);
    // Twice: from what was found, and from what was fetched anew in its place.
    for (const path of [...paths, ...paths]) {
      assert.ok((await get(url + path)).equals(bodyOf(path, 3_000_000)), path);
    }
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith("000000000000")),
      [],
    );
  });

  test("tells whoever started it the address that viewers use", async (t) => {
    const origin = await startOrigin(t);
    const advertise = "http://viewers.example:8080";
    const { url } = await startProcess(t, "--origin", origin.url, "--advertise", advertise);
    assert.equal(url, advertise);
  });

  test("speaks TLS where it has a certificate, and says so in its address", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const { cert, key } = await newCertificate("edge");
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    await writeFile(certFile, cert);
    await writeFile(keyFile, key);
    const flags = ["--origin", origin.url, "--tls-cert", certFile, "--tls-key", keyFile];
    const { url } = await startProcess(t, ...flags);
    assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const dispatcher = new Agent({ connect: { ca: cert }, allowH2: true });
    atEnd(t, () => dispatcher.destroy());
    const { body } = await request(`${url}/a`, { dispatcher });
    assert.deepEqual(Buffer.from(await body.arrayBuffer()), bodyOf("/a", 10_000));
  });

  for (const [flaw, flags, message] of [
    [
      "a certificate without its key",
      ["--origin", "http://o", "--tls-cert", "/nowhere.pem"],
      /--tls-key is missing/,
    ],
    [
      "a key without its certificate",
      ["--origin", "http://o", "--tls-key", "/nowhere.pem"],
      /--tls-cert is missing/,
    ],
    [
      "a certificate that is not there",
      ["--origin", "http://o", "--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.pem"],
      /--tls-cert cannot be read: ENOENT \/nowhere\.pem/,
    ],
    ["a capacity of nothing", ["--origin", "http://o", "--capacity", "0"], /--capacity/],
    ["an unknown flag", ["--origin", "http://127.0.0.1:9", "--colour", "red"], /--colour/],
    ["no origin", [], /--origin is missing/],
    [
      "an address with a path to advertise",
      ["--origin", "http://o", "--advertise", "http://a/b"],
      /--advertise/,
    ],
    ["an origin that is no URL", ["--origin", "http://"], /--origin is not a URL/],
    ["an origin with credentials", ["--origin", "http://me:word@o"], /--origin .* no credentials/],
    [
      "a shield with a query",
      ["--origin", "http://o", "--shield", "http://s/?a"],
      /--shield .*query/,
    ],
    ["a second origin that is no URL", ["--origin", "http://o,http://"], /--origin is not a URL/],
    [
      "a shield that it is itself",
      ["--origin", "http://o", "--shield", "http://s,http://e:80", "--advertise", "http://e"],
      /--shield names this appliance itself: http:\/\/e:80/,
    ],
    [
      "an origin that it is itself",
      ["--origin", "http://localhost:4999/base", "--port", "4999"],
      /--origin names this appliance itself/,
    ],
    [
      "steering without a token",
      ["--origin", "http://o", "--steering", "http://s"],
      /UNDERSTUDY_TOKEN/,
    ],
  ] as const) {
    test(`says in one line what is wrong: ${flaw}`, async () => {
      const { code, errors } = await runToEnd(flags);
      assert.notEqual(code, 0);
      assert.match(errors, message);
      assert.equal(errors.trim().split("\n").length, 1);
    });
  }

  test("says in one line that its port is in use", async (t) => {
    const origin: OriginRig = await startOrigin(t);
    const port = new URL(origin.url).port;
    const { code, errors } = await runToEnd(["--origin", "http://127.0.0.1:9", "--port", port]);
    assert.deepEqual([code, errors], [1, `Port ${port} is in use. Choose another with --port.\n`]);
  });
});

/** True while the body of an object is on its way to the disk. */
async function isBeingWritten(folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".writing")) continue;
    const { size } = await stat(join(folder, name)).catch(() => ({ size: 0 }));
    if (size > 1_000_000) return true;
  }
  return false;
}

async function wholeObjects(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".object"));
}

/** Plants what a power cut and a bad disk leave behind: files torn, zeroed and flipped. */
async function damageSome(folder: string): Promise<void> {
  const names = await wholeObjects(folder);
  const random = seededRandom("damage");
  assert.ok(names.length >= 2, `${names.length} whole objects to damage`);
  for (const [index, name] of names.entries()) {
    const path = join(folder, name);
    const file = await readFile(path);
    const at = Math.floor(random() * file.length);
    const damages = [
      () => file.subarray(0, at),
      () => Buffer.from(file).fill(0, at, at + 4096),
      () => {
        file.writeUInt8(file.readUInt8(at) ^ 1, at);
        return file;
      },
      () => file,
    ];
    await writeFile(path, damages[index % damages.length]?.() ?? file);
  }
  await writeFile(join(folder, "000000000000-1.writing"), "half of");
  await writeFile(join(folder, "000000000000-2.object"), Buffer.alloc(5_000));
}

async function objectsOnDisk({ url }: Process): Promise<number> {
  const status = JSON.parse((await get(`${url}/_appliance/status`)).toString());
  return status.report.disk.objects;
}

async function runToEnd(flags: readonly string[]) {
  const child = fork(MAIN, [...NAMED, ...flags], { silent: true, env: {} });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return { code, errors };
}
