import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { findBrowser, programsOnPath } from "./find-browser.mjs";
import { hashInputs, isStamped, writeStamp } from "./input-stamp.mjs";
import { findMissingModule } from "./installed-modules.mjs";
import { explainNpmFailure } from "./npm-failure.mjs";
import { runCommand } from "./run-command.mjs";

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy-setup-"));
});
after(() => rmSync(folder, { recursive: true }));

describe("explainNpmFailure()", () => {
  for (const [output, kind] of [
    ["npm error code ENOTFOUND\nnpm error network request failed", "no-network"],
    ["npm error code ECONNREFUSED", "no-network"],
    ["npm error code EAI_AGAIN", "no-network"],
    ["npm error code ETIMEDOUT", "no-network"],
    ["npm error code ENOSPC", "no-space"],
    ["npm error code EACCES\nnpm error syscall mkdir", "no-rights"],
    ["npm error code EINTEGRITY", "other"],
    ["npm warn a package named not-ENOTFOUNDED", "other"],
    ["", "other"],
  ] as const) {
    test(`${JSON.stringify(output)} is ${kind}`, () =>
      assert.equal(explainNpmFailure(output).kind, kind));
  }
  test("gives one line", () =>
    assert.doesNotMatch(explainNpmFailure("ECONNREFUSED\n").advice, /\n/));
});

describe("findMissingModule()", () => {
  const lock = {
    packages: {
      "": { version: "0.1.0" },
      "node_modules/a": { version: "1.0.0", integrity: "x" },
      "node_modules/b-darwin": { version: "2.0.0", optional: true },
    },
  };
  const installed = (version: string, integrity = "x") => ({
    packages: { "node_modules/a": { version, integrity } },
  });

  test("finds nothing missing when all that is required is there", () =>
    assert.equal(findMissingModule(lock, installed("1.0.0")), undefined));
  test("names a package of another version", () =>
    assert.equal(findMissingModule(lock, installed("1.0.1")), "node_modules/a"));
  test("names a package of other content", () =>
    assert.equal(findMissingModule(lock, installed("1.0.0", "y")), "node_modules/a"));
  test("names a package that is not there", () =>
    assert.equal(findMissingModule(lock, { packages: {} }), "node_modules/a"));
  test("takes an interrupted installation for none", () =>
    assert.equal(findMissingModule(lock, undefined), "node_modules"));
  test("does not take an optional package of another version for well", () =>
    assert.equal(
      findMissingModule(lock, {
        packages: { ...installed("1.0.0").packages, "node_modules/b-darwin": { version: "1.0.0" } },
      }),
      "node_modules/b-darwin",
    ));
});

describe("the stamp of a build", () => {
  const hash = () => hashInputs(folder, ["in", "one.txt", "absent"]);

  test("holds until an input changes, appears or is renamed", () => {
    mkdirSync(join(folder, "in/deep"), { recursive: true });
    writeFileSync(join(folder, "in/deep/a.ts"), "1");
    writeFileSync(join(folder, "one.txt"), "1");
    const stampFile = join(folder, "stamp");
    assert.equal(isStamped(stampFile, hash()), false);
    writeStamp(stampFile, hash());
    assert.equal(isStamped(stampFile, hash()), true);

    writeFileSync(join(folder, "in/deep/a.ts"), "2");
    assert.equal(isStamped(stampFile, hash()), false);
    writeFileSync(join(folder, "in/deep/a.ts"), "1");
    assert.equal(isStamped(stampFile, hash()), true);
    writeFileSync(join(folder, "in/b.ts"), "");
    assert.equal(isStamped(stampFile, hash()), false);
  });
  test("does not depend on tests and notes", () => {
    const earlier = hash();
    writeFileSync(join(folder, "in/a.test.ts"), "1");
    writeFileSync(join(folder, "in/README.md"), "1");
    assert.equal(hash(), earlier);
  });
});

describe("finding a browser", () => {
  const program = (name: string, script: string) => {
    const path = join(folder, "bin", name);
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test("takes the one that CHROMIUM_PATH names", async () => {
    const path = program("mine", "echo Chromium 140.0");
    assert.deepEqual(await findBrowser({ CHROMIUM_PATH: path }), { path, from: "CHROMIUM_PATH" });
  });
  test("does not look further when CHROMIUM_PATH names none", async () => {
    program("chromium", "echo Chromium 140.0");
    const found = await findBrowser({ CHROMIUM_PATH: "/nowhere", PATH: join(folder, "bin") });
    assert.equal(found.path, undefined);
  });
  test("passes over a stub that only says where to get one", async () => {
    program("chromium", "echo install the snap; exit 1");
    const path = program("google-chrome", "echo Google Chrome 141.0.1");
    assert.deepEqual(await findBrowser({ PATH: join(folder, "bin") }), { path, from: "PATH" });
  });
  test("looks for the first name in every folder before the second name", () =>
    assert.deepEqual(programsOnPath(["google-chrome", "mine"], `/nowhere:${folder}/bin:`), [
      `${folder}/bin/google-chrome`,
      `${folder}/bin/mine`,
    ]));
});

describe("runCommand()", () => {
  const run = (command: string, args: string[], limitSeconds = 20) =>
    runCommand(
      { command, args, logName: "run.log", limitSeconds },
      { root: folder, logFolder: folder, env: {}, say: () => {} },
    );

  test("gives the output of both streams, and whether it went well", async () => {
    const { ok, output } = await run("/bin/sh", ["-c", "echo out; echo err >&2"]);
    assert.equal(ok, true);
    assert.match(output, /out/);
    assert.match(output, /err/);
  });
  test("a program that is not there has failed", async () =>
    assert.equal((await run("/nowhere/program", [])).ok, false));
  test("a program that does not end is ended", async () => {
    const { ok, output } = await run(process.execPath, ["-e", "setInterval(() => {}, 9)"], 0.2);
    assert.equal(ok, false);
    assert.match(output, /SIGKILL/);
  });
});

describe("a script that runs what is in the repository", () => {
  const { scripts } = JSON.parse(
    readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"),
  );
  for (const name of ["start", "origin", "appliance", "steering", "chaos", "bench", "soak"]) {
    test(`\`npm run ${name}\` works on a fresh clone, and is ended by the signal that ends npm`, () =>
      assert.match(
        scripts[name],
        /^node setup\/ensure\.mjs modules[a-z ]* && exec node_modules\/\.bin\/node /,
      ));
  }
  for (const name of ["build:player", "build:site", "test", "lab"]) {
    test(`\`npm run ${name}\` works on a fresh clone`, () =>
      assert.match(scripts[name], /^node setup\/ensure\.mjs modules[a-z ]* && /));
  }
});

describe("ensure.mjs", () => {
  const ensure = (...steps: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "ensure.mjs"), ...steps], {
      encoding: "utf8",
    });
  for (const steps of [[], ["modules", "everything"]]) {
    test(`"${steps.join(" ")}" is a mistake that it explains in one line`, () => {
      const { status, stderr } = ensure(...steps);
      assert.equal(status, 2);
      assert.match(stderr, /^.*Use: node setup\/ensure\.mjs modules browser site\n$/);
    });
  }
});
