/** RAM and disk as one, seen by a client. */
import assert from "node:assert/strict";
import * as nodeFileSystem from "node:fs/promises";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  bodyOf,
  cacheStatus,
  newFolder,
  startAppliance,
  startOrigin,
  startRig,
  until,
  wholeBody,
} from "../app.rig.ts";
import { policiesOf } from "../config.ts";
import { STATUS_PATH } from "../contract/appliance-status.ts";

describe("the disk tier", () => {
  test("keeps objects over a restart", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const before = await startAppliance(t, { origin: origin.url, folder });
    origin.on("/large", wholeBody(6_000_000));
    for (const path of ["/a", "/large"]) await before.get(path);
    await before.appliance.disk?.settled();
    await before.close();

    const after = await startAppliance(t, { origin: origin.url, folder });
    for (const [path, sizeBytes] of [
      ["/a", 10_000],
      ["/large", 6_000_000],
    ] as const) {
      const answer = await after.get(path);
      assert.ok(answer.bytes.equals(bodyOf(path, sizeBytes)));
      assert.equal(cacheStatus(answer), "east-1; hit; ttl=60; detail=fresh");
      const part = await after.get(path, { range: "bytes=7000-7999" });
      assert.ok(part.bytes.equals(bodyOf(path, sizeBytes).subarray(7_000, 8_000)));
    }
    assert.equal(origin.asked.length, 2);
  });

  test("serves more than fits into RAM", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const edge = await startAppliance(t, { origin: origin.url, folder, ramBytes: 30_000 });
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    for (const path of paths) await edge.get(path);
    await edge.appliance.disk?.settled();
    for (const path of paths) assert.ok((await edge.get(path)).bytes.equals(bodyOf(path, 10_000)));
    assert.equal(origin.asked.length, 10);
  });

  test("keeps what does not fit into RAM, with one fetch for many", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const edge = await startAppliance(t, { origin: origin.url, folder, ramBytes: 2_000 });
    for (let time = 0; time < 3; time += 1) {
      const answers = await Promise.all([edge.get("/a"), edge.get("/a")]);
      for (const { bytes } of answers) assert.ok(bytes.equals(bodyOf("/a", 10_000)));
    }
    assert.equal(origin.asked.length, 1);
  });

  test("sends a slow client its own bytes, whatever others are served meanwhile", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    // More than the kernel takes off our hands, in one buffer.
    const sizeBytes = 14_000_000;
    const { disk } = policiesOf("demo");
    const policies = { disk: { ...disk, wholeReadBytes: sizeBytes } };
    const edge = await startAppliance(t, {
      origin: origin.url,
      folder,
      ramBytes: 30_000,
      policies,
    });
    for (const path of ["/slow", "/other"]) {
      origin.on(path, wholeBody(sizeBytes));
      await edge.get(path);
    }
    await edge.appliance.disk?.settled();

    const slow = await edge.open("/slow");
    for (let time = 0; time < 2; time += 1) {
      assert.ok((await edge.get("/other")).bytes.equals(bodyOf("/other", sizeBytes)));
    }
    const received = Buffer.from(await slow.body.arrayBuffer());
    assert.ok(received.equals(bodyOf("/slow", sizeBytes)));
    assert.equal(origin.asked.length, 2);
  });

  test("that cannot be used does not keep the appliance from serving, and it says so", async (t) => {
    const file = join(await newFolder(t), "a-file");
    await writeFile(file, "");
    const { origin, edge } = await startRig(t, { folder: join(file, "cache") });
    assert.ok((await edge.get("/a")).bytes.equals(bodyOf("/a", 10_000)));
    assert.match(cacheStatus(await edge.get("/a")), /hit/);
    assert.equal(origin.asked.length, 1);
    const { disk } = JSON.parse((await edge.get(STATUS_PATH)).bytes.toString()).report;
    assert.equal(disk.health.state, "unavailable");
    assert.match(disk.health.reason, /ENOTDIR/);
  });

  test("that is slow keeps nobody from being served, by the origin or, without one, by itself", async (t) => {
    const origin = await startOrigin(t);
    const folder = await newFolder(t);
    const before = await startAppliance(t, { origin: origin.url, folder });
    for (const path of ["/a", "/b"]) await before.get(path);
    await before.appliance.disk?.settled();
    await before.close();

    const stuck: (() => void)[] = [];
    let isStuck = false;
    const open: typeof nodeFileSystem.open = async (...given) => {
      if (isStuck && given[1] === "r") await new Promise<void>((resolve) => stuck.push(resolve));
      return nodeFileSystem.open(...given);
    };
    const fileSystem = { ...nodeFileSystem, open };
    const edge = await startAppliance(t, { origin: origin.url, folder, fileSystem });
    isStuck = true;

    const fromOrigin = edge.get("/a");
    await until(() => stuck.length === 1);
    for (let look = 0; look < 2; look += 1) edge.pass(1_000);
    assert.ok((await fromOrigin).bytes.equals(bodyOf("/a", 10_000)));
    assert.equal(origin.asked.length, 3);

    origin.on("/b", (request) => request.socket.destroy());
    const fromDisk = edge.get("/b");
    await until(() => stuck.length === 2);
    for (let look = 0; look < 2; look += 1) edge.pass(1_000);
    await until(() => origin.asked.length >= 4);
    isStuck = false;
    for (const resolve of stuck.splice(0)) resolve();
    assert.ok((await fromDisk).bytes.equals(bodyOf("/b", 10_000)));
  });

  test("that is not configured is named in the status", async (t) => {
    const { edge } = await startRig(t);
    const { disk } = edge.appliance.status().report;
    assert.deepEqual(disk.health, {
      state: "unavailable",
      reason: "no cache folder is configured",
    });
  });
});
