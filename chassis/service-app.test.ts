import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { requireBearerToken } from "./bearer-token.ts";
import { newServiceApp } from "./service-app.ts";

function buildApp() {
  const app = newServiceApp({ notFoundCode: "TEST_NOT_FOUND" });
  app.get("/", () => "root");
  app.get("/file/*", () => "a file");
  app.get("/broken", () => {
    throw new Error("a secret path: /etc/keys");
  });
  app.get("/plain-refusal", () => {
    throw Object.assign(new Error("no"), { statusCode: 403 });
  });
  app.put("/number", { schema: { body: Type.Object({ n: Type.Integer() }) } }, () => "ok");
  app.post("/act", { onRequest: requireBearerToken("the-token") }, () => "done");
  return app;
}

describe("a service app", () => {
  test("answers an unknown path with its own code", async () => {
    const response = await buildApp().inject("/nowhere");
    assert.equal(response.statusCode, 404);
    assert.equal(response.json().code, "TEST_NOT_FOUND");
    assert.match(String(response.headers["content-type"]), /^application\/problem\+json/);
  });

  test("answers a body that breaks the schema with BAD_REQUEST", async () => {
    for (const payload of ['{"n":"x"}', "{", "null"]) {
      const response = await buildApp().inject({
        method: "PUT",
        url: "/number",
        payload,
        headers: { "content-type": "application/json" },
      });
      assert.equal(response.statusCode, 400);
      assert.equal(response.json().code, "BAD_REQUEST");
    }
  });

  test("says how to send a body whose type it does not read", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/xml", undefined]) {
      const response = await buildApp().inject({
        method: "PUT",
        url: "/number",
        payload: '{"n":1}',
        headers: type === undefined ? {} : { "content-type": type },
      });
      assert.deepEqual([response.statusCode, response.json().code], [415, "BAD_REQUEST"]);
      assert.match(response.json().detail, /for JSON send content-type: application\/json/);
    }
  });

  test("does not tell the message of an error that it did not foresee", async () => {
    const response = await buildApp().inject("/broken");
    assert.equal(response.statusCode, 500);
    assert.doesNotMatch(response.body, /secret/);
  });

  test("answers an error that has a status but no code with its status", async () => {
    const response = await buildApp().inject("/plain-refusal");
    assert.deepEqual([response.statusCode, response.json().code], [403, "BAD_REQUEST"]);
  });

  test("refuses paths that could be read in two ways, over a real socket", async (t) => {
    const app = buildApp();
    t.after(() => app.close());
    const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    for (const target of [
      "/file/../../etc/passwd",
      "/file/%2e%2e/x",
      "/file/..%2f..%2fetc/passwd",
      "/file/a%5cb",
      "//elsewhere/",
      "http://elsewhere/file/x",
      "/nowhere/../x",
      "/file/%zz",
    ]) {
      const answer = await rawRequest(Number(url.port), `GET ${target} HTTP/1.1\r\nhost: x\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 /, target);
      assert.match(answer, /"code":"BAD_PATH"/, target);
    }
  });
});

describe("a service app that closes", () => {
  test("does not wait for a connection that has asked for nothing", {
    timeout: 5_000,
  }, async (t) => {
    const app = buildApp();
    const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
    // Browsers open connections in advance, and may never use them.
    const unused = connect(Number(url.port), "127.0.0.1");
    t.after(() => unused.destroy());
    await once(app.server, "connection");
    const ended = once(unused, "close");
    unused.resume();
    await app.close();
    await ended;
  });

  test("finishes the answer that is under way", { timeout: 5_000 }, async () => {
    const app = buildApp();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    app.get("/slow", () => {
      asked.resolve();
      return answer.promise;
    });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const response = fetch(`${url}/slow`);
    await asked.promise;
    const closing = app.close();
    answer.resolve("whole");
    assert.equal(await (await response).text(), "whole");
    await closing;
  });
});

test("a service app answers what is no request as a problem, and ends the connection", async (t) => {
  const app = buildApp();
  t.after(() => app.close());
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  for (const [text, status, code] of [
    ["GET / HTTP/1.1\r\nhost : x\r\n\r\n", "400 Bad Request", "BAD_REQUEST"],
    [`GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}`, "431 Request Header Fields", "HEADER_TOO_LARGE"],
  ] as const) {
    const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
    socket.write(text);
    let answer = "";
    socket.on("data", (piece: string) => {
      answer += piece;
    });
    await once(socket, "close");
    assert.ok(answer.startsWith(`HTTP/1.1 ${status}`), answer);
    assert.match(answer, /connection: close/);
    assert.equal(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").code, code);
  }
});

describe("requireBearerToken()", () => {
  const act = (authorization?: string) =>
    buildApp().inject({
      method: "POST",
      url: "/act",
      headers: authorization === undefined ? {} : { authorization },
    });

  test("lets the right token in", async () =>
    assert.equal((await act("Bearer the-token")).statusCode, 200));
  for (const wrong of [undefined, "", "Bearer", "Bearer the-tokem", "Basic the-token"]) {
    test(`refuses ${wrong}`, async () => {
      const response = await act(wrong);
      assert.equal(response.statusCode, 401);
      assert.equal(response.json().code, "UNAUTHORISED");
      assert.equal(response.headers["www-authenticate"], "Bearer");
    });
  }
  test("without a configured token, refuses everybody", async () => {
    const app = newServiceApp({ notFoundCode: "X" });
    app.post("/act", { onRequest: requireBearerToken(undefined) }, () => "done");
    const response = await app.inject({
      method: "POST",
      url: "/act",
      headers: { authorization: "Bearer undefined" },
    });
    assert.equal(response.statusCode, 401);
  });
});

/** Sends a request exactly as written, which `fetch` would normalise, and reads until the end. */
function rawRequest(port: number, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
    socket.write(`${head}connection: close\r\n\r\n`);
  });
}
