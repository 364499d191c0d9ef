/** A service that logs when its parent leaves, and ends: run as a process by a test. */
import { newServiceApp } from "./service-app.ts";

const app = newServiceApp({ notFoundCode: "TEST_NOT_FOUND", logLevel: "info" });
process.on("disconnect", () => {
  for (let line = 0; line < 3; line += 1) app.log.info("nobody reads this");
  process.exit(0);
});
app.log.error({ error: new Error("the cause") }, "what failed");
process.send?.("ready");
