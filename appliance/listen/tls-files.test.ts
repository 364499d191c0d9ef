import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { newFolder } from "../app.rig.ts";
import { CertificateRenewal } from "./certificate-renewal.ts";
import { newCertificate } from "./certificates.rig.ts";
import { readTlsFiles, type TlsMaterial } from "./tls-files.ts";

async function newFiles(t: TestContext, material: TlsMaterial) {
  const folder = await newFolder(t);
  const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  let writtenAtSeconds = 1_000_000;
  const write = async ({ cert, key }: Partial<TlsMaterial>) => {
    writtenAtSeconds += 1;
    for (const [file, bytes] of [
      [files.certFile, cert],
      [files.keyFile, key],
    ] as const) {
      if (bytes === undefined) continue;
      await writeFile(file, bytes);
      await utimes(file, writtenAtSeconds, writtenAtSeconds);
    }
  };
  await write(material);
  return { files, write };
}

describe("the files of a certificate", () => {
  test("are read when they go together", async (t) => {
    const material = await newCertificate("edge");
    const { files } = await newFiles(t, material);
    assert.deepEqual(await readTlsFiles(files), { ok: true, material });
  });

  for (const [flaw, spoil, reason] of [
    [
      "a key of another certificate",
      async () => ({ key: (await newCertificate("x")).key }),
      /--tls-key is not the key/,
    ],
    ["no certificate", async () => ({ cert: Buffer.from("x") }), /--tls-cert holds no certificate/],
    ["no key", async () => ({ key: Buffer.from("x") }), /--tls-key holds no private key/],
  ] as const) {
    test(`are refused with the reason: ${flaw}`, async (t) => {
      const { files, write } = await newFiles(t, await newCertificate("edge"));
      await write(await spoil());
      const reading = await readTlsFiles(files);
      assert.ok(!reading.ok);
      assert.match(reading.reason, reason);
    });
  }

  for (const flag of ["certFile", "keyFile"] as const) {
    test(`are refused where the ${flag} is not there`, async (t) => {
      const { files } = await newFiles(t, await newCertificate("edge"));
      const reading = await readTlsFiles({ ...files, [flag]: "/nowhere.pem" });
      assert.ok(!reading.ok);
      assert.match(reading.reason, /cannot be read: ENOENT \/nowhere\.pem/);
    });
  }
});

test("a certificate is renewed once both files go together, and looked at now and then", async (t) => {
  const { files, write } = await newFiles(t, await newCertificate("old"));
  const renewals: TlsMaterial[] = [];
  const warnings: object[] = [];
  const renewal = new CertificateRenewal({
    files,
    checkEveryMs: 1_000,
    renew: (material) => renewals.push(material),
    log: { info: () => undefined, warn: (details) => warnings.push(details) },
  });
  const lookAt = async (nowMs: number) => {
    renewal.tick(nowMs);
    await renewal.settled();
  };
  await lookAt(1);
  await lookAt(1_001);
  assert.deepEqual(renewals, []);

  const material = await newCertificate("new");
  await write({ cert: material.cert });
  await lookAt(1_500);
  assert.deepEqual(warnings, []);
  await lookAt(2_001);
  await lookAt(3_001);
  assert.deepEqual([renewals.length, warnings.length], [0, 1]);

  await write({ key: material.key });
  await lookAt(4_001);
  await lookAt(5_001);
  assert.deepEqual([renewals, warnings.length], [[material], 1]);
});
