import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, test } from "node:test";
import { checkPorts, warnOfPorts } from "./check-ports.ts";

const host = "127.0.0.1";

describe("checkPorts()", () => {
  test("names the port that is in use, and what to do", async (t) => {
    const server = createServer().listen(0, host);
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await assert.rejects(checkPorts([{ host, port }]), {
      name: "StartError",
      message: new RegExp(
        `^Port ${port} is in use\\. Choose another range: npm start -- --port \\d+$`,
      ),
    });
  });
  test("leaves the ports free", async () => {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await checkPorts([{ host, port }]);
    await checkPorts([{ host, port }]);
  });
  test("refuses a port that cannot be", () =>
    assert.rejects(checkPorts([{ host, port: 65_536 }]), /no port 65536/));
  test("refuses a host that is not ours", () =>
    assert.rejects(checkPorts([{ host: "192.0.2.1", port: 20_000 }]), /--host 192\.0\.2\.1/));
});

test("warnOfPorts() warns from 32768 on", () => {
  assert.equal(warnOfPorts([{ host, port: 32_767 }]), undefined);
  assert.match(
    String(
      warnOfPorts([
        { host, port: 1 },
        { host, port: 32_768 },
      ]),
    ),
    /^Port 32768 /,
  );
});
