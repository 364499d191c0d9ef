/** A yardstick, no cache: a bare Fastify app that answers with as many bytes. */
import { BenchError } from "../errors.ts";
import { versionOfPackage } from "../measure/versions.ts";
import type { Stage } from "../processes/stage.ts";
import { askForSuccess } from "./ask.ts";
import type { MeasuredSystem } from "./measured-system.ts";
import { NOTHING_TO_WATCH } from "./measured-system.ts";

const MOST_HEADER_BYTES = 1_024;

export async function startFastifyHello(stage: Stage, bytes: number): Promise<MeasuredSystem> {
  const server = await stage.startService({
    name: "fastify",
    program: "bench/run-hello.ts",
    flags: ["--bytes", String(bytes)],
    part: "measured",
  });
  const path = "/hello";
  const { body } = await askForSuccess(`${server.url}${path}`);
  if (body.length !== bytes) throw new BenchError(`fastify answered ${body.length} bytes`);
  return {
    name: "fastify",
    about: "a bare Fastify app that answers with as many bytes and does no other work",
    version: versionOfPackage("fastify"),
    server,
    paths: [path],
    answerBytes: { least: bytes, most: bytes + MOST_HEADER_BYTES },
    watch: NOTHING_TO_WATCH,
  };
}
