import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { readCommandLine } from "./command-line.ts";
import { BaseUrl } from "./settings.ts";

const SCHEMA = Type.Object({
  host: Type.String({ default: "127.0.0.1", description: "address to listen on" }),
  ramMebibytes: Type.Integer({ minimum: 1, default: 64, description: "size of the RAM tier" }),
  edges: Type.Array(Type.String(), { default: [] }),
  chaos: Type.Boolean({ default: true }),
  origin: Type.String({ description: "base URL of the origin" }),
  token: Type.Optional(Type.String({ env: "UNDERSTUDY_TOKEN", minLength: 8 })),
  shields: Type.Optional(Type.Array(BaseUrl)),
  mood: Type.Optional(Type.Union([Type.Literal("calm"), Type.Literal("hurried")])),
  key: Type.Optional(Type.String({ env: "KEY", pattern: "^.{16,}$", form: "16 characters" })),
});

const read = (argv: string[], env = {}) =>
  readCommandLine(SCHEMA, { command: "npm run thing --", argv, env });

function invalid(argv: string[], env = {}): string {
  const result = read(argv, env);
  assert.equal(result.kind, "invalid");
  return result.kind === "invalid" ? result.message : "";
}

describe("readCommandLine()", () => {
  test("fills in defaults", () =>
    assert.deepEqual(read(["--origin", "http://o"]), {
      kind: "config",
      config: {
        host: "127.0.0.1",
        ramMebibytes: 64,
        edges: [],
        chaos: true,
        origin: "http://o",
      },
    }));

  test("converts numbers, lists and negated switches", () => {
    const argv = ["--origin=http://o", "--ram-mebibytes=5", "--edges=a, b", "--no-chaos"];
    const result = read(argv, { UNDERSTUDY_TOKEN: "12345678" });
    assert.deepEqual(result.kind === "config" && result.config, {
      host: "127.0.0.1",
      ramMebibytes: 5,
      edges: ["a", "b"],
      chaos: false,
      origin: "http://o",
      token: "12345678",
    });
  });

  test("names the flag that is missing, and what it is for", () =>
    assert.match(invalid([]), /^--origin is missing \(base URL of the origin\)/));
  test("names the flag that is out of bounds", () =>
    assert.match(invalid(["--origin=o", "--ram-mebibytes=0"]), /^--ram-mebibytes .*>= 1/));
  test("names the flag that is not a number", () =>
    assert.match(invalid(["--origin=o", "--ram-mebibytes=lots"]), /^--ram-mebibytes .*integer/));
  test("refuses a flag that does not exist", () => assert.match(invalid(["--orgin=o"]), /--orgin/));
  test("names the environment variable of a bad secret", () =>
    assert.match(invalid(["--origin=o"], { UNDERSTUDY_TOKEN: "x" }), /^UNDERSTUDY_TOKEN/));
  test("says the form of a value in words, and which of several it was", () =>
    assert.equal(
      invalid(["--origin=o", "--shields=http://a,http://b/path"]),
      '--shields: "http://b/path" must be http(s)://host[:port], no path. See npm run thing -- --help.',
    ));
  test("names all that may be chosen from", () =>
    assert.match(invalid(["--origin=o", "--mood=x"]), /^--mood must be one of calm, hurried\./));
  test("says the form of a secret, and not the secret", () =>
    assert.equal(
      invalid(["--origin=o"], { KEY: "hush" }),
      "KEY must be 16 characters. See npm run thing -- --help.",
    ));
  test("a slash at the end of a base URL says nothing, and is dropped", () => {
    const result = read(["--origin=o", "--shields=http://a/,https://b"]);
    assert.deepEqual(result.kind === "config" && result.config.shields, ["http://a", "https://b"]);
    assert.match(
      invalid(["--origin=o", "--shields=http://a//"]),
      /^--shields: "http:\/\/a\/" must/,
    );
  });
  test("a secret has no flag", () =>
    assert.match(invalid(["--origin=o", "--token=12345678"]), /--token/));

  test("refuses a word where none is expected", () =>
    assert.match(invalid(["--origin=o", "word"]), /'word'/));

  describe("with a setting that may stand in the environment, too", () => {
    const BOTH = Type.Object({
      peers: Type.Array(Type.String(), { default: [], orEnv: "THING_PEERS", description: "whom" }),
    });
    const peers = (argv: string[], env = {}) => {
      const result = readCommandLine(BOTH, { command: "thing", argv, env });
      return result.kind === "config" ? result.config.peers : result;
    };
    test("reads either, and the flag counts", () => {
      assert.deepEqual(peers([]), []);
      assert.deepEqual(peers([], { THING_PEERS: "a,b" }), ["a", "b"]);
      assert.deepEqual(peers(["--peers=c"]), ["c"]);
      assert.deepEqual(peers(["--peers=c"], { THING_PEERS: "a,b" }), ["c"]);
    });
    test("says so in its help", () => {
      const help = readCommandLine(BOTH, { command: "thing", argv: ["--help"], env: {} });
      assert.match(help.kind === "help" ? help.text : "", /--peers +whom; or THING_PEERS/);
    });
  });

  describe("with a positional list", () => {
    const NAMES = Type.Object({
      names: Type.Array(Type.String(), { positional: true, minItems: 1, description: "who" }),
      seconds: Type.Number({ default: 3 }),
    });
    const readNames = (argv: string[]) =>
      readCommandLine(NAMES, { command: "npm run thing --", argv, env: {} });

    test("takes the words, wherever they stand", () =>
      assert.deepEqual(readNames(["a", "--seconds", "1", "b"]), {
        kind: "config",
        config: { names: ["a", "b"], seconds: 1 },
      }));
    test("says that words are missing, and what they are for", () => {
      const result = readNames([]);
      assert.match(result.kind === "invalid" ? result.message : "", /^<names> \(who\)/);
    });
    test("has no flag for them", () => assert.equal(readNames(["--names=a"]).kind, "invalid"));
    test("--help shows where they stand", () => {
      const result = readNames(["--help"]);
      assert.match(
        result.kind === "help" ? result.text : "",
        /^npm run thing -- <names> \[flags\]/,
      );
    });
  });

  test("--help lists every setting with its default", () => {
    const result = read(["--help"]);
    const text = result.kind === "help" ? result.text : "";
    assert.match(text, /--ram-mebibytes +size of the RAM tier \(64\)/);
    assert.match(text, /UNDERSTUDY_TOKEN/);
  });
});
