import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readVariables, replaceVariables } from "./playlist-variables.ts";

const URL_OF = "http://a/m.m3u8?token=t%201&x=";
const replaced = (define: string, uri: string, imported?: ReadonlyMap<string, string>) =>
  replaceVariables(uri, readVariables(`#EXTM3U\n#EXT-X-DEFINE:${define}\n`, URL_OF, imported));

describe("a variable", () => {
  for (const [what, define, uri, expected] of [
    ["has the value that is given", 'NAME="p",VALUE="v/1"', "{$p}/a.m4s", "v/1/a.m4s"],
    ["may be empty", 'NAME="p",VALUE=""', "x{$p}/a.m4s", "x/a.m4s"],
    ["may stand often", 'NAME="p",VALUE="v"', "{$p}/{$p}", "v/v"],
    ["has the value of the query", 'QUERYPARAM="token"', "a?{$token}", "a?t 1"],
    ["has the value of the multivariant playlist", 'IMPORT="host"', "//{$host}/a", "//h/a"],
    ["stays as it is where it has no value", 'NAME="p",VALUE="v"', "{$q}/a", "{$q}/a"],
    ["stays where the query lacks it", 'QUERYPARAM="none"', "{$none}/a", "{$none}/a"],
  ] as const) {
    test(what, () => assert.equal(replaced(define, uri, new Map([["host", "h"]])), expected));
  }
});
