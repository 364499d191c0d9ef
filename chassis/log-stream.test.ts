import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

function startChatty(t: TestContext) {
  const program = join(import.meta.dirname, "chatty-service.rig.ts");
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  t.after(() => child.kill("SIGKILL"));
  return { child, output: child.stdout };
}

test("a service whose log nobody reads any more still ends", async (t) => {
  const { child, output } = startChatty(t);
  await once(child, "message");
  const exit = once(child, "exit");
  output?.destroy();
  await once(output as NonNullable<typeof output>, "close");
  child.disconnect();
  assert.deepEqual(await exit, [0, null]);
});

test("an error is logged with its stack", async (t) => {
  const { child, output } = startChatty(t);
  const pieces: string[] = [];
  output?.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
  await once(child, "message");
  const ended = once(output as NonNullable<typeof output>, "end");
  child.disconnect();
  await ended;
  const [first = ""] = pieces.join("").split("\n");
  assert.match(JSON.parse(first).error.stack, /the cause[\s\S]*chatty-service/);
});
