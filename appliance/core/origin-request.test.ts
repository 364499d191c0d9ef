import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forwardedRequestFields, sharedRequestFields } from "./origin-request.ts";

const ALL = { forwardFields: undefined };
const KEPT = { "accept-language": "de", "user-agent": "player", "x-own": "1", via: "1.1 before" };

describe("sharedRequestFields()", () => {
  test("tell what everybody may be answered by", () =>
    assert.deepEqual(sharedRequestFields({ accept: "video/mp4", ...KEPT }, ALL), {
      accept: "video/mp4",
      ...KEPT,
    }));
  test("take anything where the client does not say", () =>
    assert.deepEqual(sharedRequestFields({}, ALL), { accept: "*/*" }));
  for (const name of [
    "authorization",
    "cookie",
    "proxy-authorization",
    "range",
    "if-range",
    "if-none-match",
    "if-modified-since",
    "if-match",
    "cache-control",
    "pragma",
    "connection",
    "te",
    "upgrade",
    "host",
    "accept-encoding",
    "origin",
    "cmcd-request",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "x-method-override",
    "x-host",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "proxy",
    "surrogate-capability",
  ]) {
    test(`keep ${name} from the origin`, () =>
      assert.deepEqual(sharedRequestFields({ [name]: "1", ...KEPT }, ALL), {
        accept: "*/*",
        ...KEPT,
      }));
  }
  test("keep what Connection names from the origin", () =>
    assert.deepEqual(sharedRequestFields({ connection: "x-own", ...KEPT }, ALL), {
      accept: "*/*",
      "accept-language": "de",
      "user-agent": "player",
      via: "1.1 before",
    }));
  test("are those of a list where the operator gives one, and never the dangerous", () =>
    assert.deepEqual(
      sharedRequestFields(
        { ...KEPT, "x-forwarded-host": "evil" },
        { forwardFields: ["accept-language", "x-forwarded-host"] },
      ),
      { accept: "*/*", "accept-language": "de", via: "1.1 before" },
    ));
});

test("forwardedRequestFields() tell all that the client may say for itself", () =>
  assert.deepEqual(
    forwardedRequestFields({
      host: "edge",
      authorization: "Bearer x",
      range: "bytes=0-",
      "if-none-match": '"1"',
      "content-type": "text/plain",
      "accept-encoding": "gzip",
      "proxy-authorization": "secret",
      "x-forwarded-host": "evil",
    }),
    {
      authorization: "Bearer x",
      range: "bytes=0-",
      "if-none-match": '"1"',
      "content-type": "text/plain",
    },
  ));
