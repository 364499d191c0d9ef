import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MAX_PATHWAY_FILE_BYTES, readPathwayFile } from "./read-pathway-file.ts";

const WHOLE = `
pathways:
  - id: cdn-a
    url: https://cdn-a.example/prefix/
    region: east
    cost: 0.02
    weight: 2
    probePath: /health/64k.bin
  - id: cdn-b
    url: https://cdn-b.example
    region: west
networks:
  - cidr: 10.0.0.0/8
    region: east
  - cidr: 2001:db8::/32
    region: west
distances:
  - between: [east, west]
    distance: 0.4
`;

const read = (text: string, ...taken: string[]) =>
  readPathwayFile(text, (id) => taken.includes(id));

function problemsIn(text: string, ...taken: string[]): readonly string[] {
  const reading = read(text, ...taken);
  return reading.ok ? [] : reading.problems;
}

describe("a file of pathways", () => {
  test("is read with its defaults", () =>
    assert.deepEqual(read(WHOLE), {
      ok: true,
      file: {
        pathways: [
          {
            id: "cdn-a",
            url: "https://cdn-a.example/prefix",
            region: "east",
            cost: 0.02,
            weight: 2,
            probePath: "/health/64k.bin",
          },
          {
            id: "cdn-b",
            url: "https://cdn-b.example",
            region: "west",
            cost: 0,
            weight: 1,
            probePath: undefined,
          },
        ],
        networks: [
          { cidr: "10.0.0.0/8", region: "east" },
          { cidr: "2001:db8::/32", region: "west" },
        ],
        distances: [{ from: "east", to: "west", distance: 0.4 }],
      },
    }));
  test("may name none, and repeat itself by an anchor", () => {
    assert.equal(read("pathways: []").ok, true);
    assert.equal(
      read(
        "pathways:\n  - &a { id: a, url: 'http://a', region: &r east }\n  - { id: b, url: 'http://b', region: *r }",
      ).ok,
      true,
    );
  });
});

/** One pathway, `changes` instead of its lines. */
const one = (changes: Readonly<Record<string, string>>) =>
  `pathways:\n  - ${Object.entries({ id: "cdn-a", url: "http://a", region: "east", ...changes })
    .map(([key, value]) => `${key}: ${value}`)
    .join("\n    ")}\n`;

describe("a mistake is told by its line and field", () => {
  for (const [name, text, problem] of [
    ["an empty file", "", "line 1, the file: must be object"],
    ["no list", "pathways: 5", "line 1, pathways: must be array"],
    [
      "a missing field",
      "pathways:\n  - id: a\n    region: east",
      "line 2, pathways[0].url: is missing",
    ],
    [
      "an unknown field",
      `${one({})}    colour: red`,
      "line 5, pathways[0].colour: is no field that is known here",
    ],
    [
      "an unknown field with a slash in its name",
      `${one({})}    "a/b": red`,
      "line 5, pathways[0].a/b: is no field that is known here",
    ],
    [
      "a bad id",
      one({ id: "a/b" }),
      "line 2, pathways[0].id: must be 1 to 64 letters, digits, dots, - and _",
    ],
    [
      "a query in the address",
      one({ url: "http://a/?b" }),
      "line 3, pathways[0].url: must be http(s)://host",
    ],
    [
      "a password in the address",
      one({ url: "http://me:you@a" }),
      "line 3, pathways[0].url: must be http(s)://host",
    ],
    ["another scheme", one({ url: "ftp://a" }), "line 3, pathways[0].url: must be http(s)://host"],
    [
      "an address that is none",
      one({ url: "http://a:99999" }),
      "line 3, pathways[0].url: is no address",
    ],
    [
      "a region in capitals",
      one({ region: "EAST" }),
      "line 4, pathways[0].region: must be 1 to 32 of a-z",
    ],
    ["a negative cost", one({ cost: "-1" }), "line 5, pathways[0].cost: must be >= 0"],
    ["a cost that is none", one({ cost: ".nan" }), "line 5, pathways[0].cost: must be number"],
    ["an endless cost", one({ cost: ".inf" }), "line 5, pathways[0].cost: must be number"],
    ["no weight", one({ weight: "0" }), "line 5, pathways[0].weight: must be > 0"],
    [
      "a probe path that is none",
      one({ probePath: "x" }),
      "line 5, pathways[0].probePath: must be a path",
    ],
    [
      "one id twice",
      `${one({})}  - { id: cdn-a, url: 'http://b', region: east }`,
      'line 5, pathways[1].id: "cdn-a" stands twice',
    ],
    [
      "an appliance's id",
      one({ id: "east-1" }),
      'line 2, pathways[0].id: an appliance is named "east-1"',
    ],
    [
      "no network",
      "pathways: []\nnetworks: [{ cidr: 10.0.0.0/33, region: east }]",
      'line 2, networks[0].cidr: "10.0.0.0/33" is no network',
    ],
    [
      "one network twice",
      "pathways: []\nnetworks:\n  - { cidr: 10.0.0.0/8, region: east }\n  - { cidr: 10.1.2.3/8, region: west }",
      'line 4, networks[1].cidr: "10.1.2.3/8" stands twice',
    ],
    [
      "a distance to itself",
      "pathways: []\ndistances: [{ between: [a, a], distance: 1 }]",
      "line 2, distances[0].between: names one region twice",
    ],
    [
      "too far",
      "pathways: []\ndistances: [{ between: [a, b], distance: 2 }]",
      "line 2, distances[0].distance: must be <= 1",
    ],
    [
      "one distance twice",
      "pathways: []\ndistances:\n  - { between: [a, b], distance: 1 }\n  - { between: [b, a], distance: 0 }",
      "line 4, distances[1].between: stands twice",
    ],
    [
      "no YAML",
      "pathways: [",
      "Flow sequence in block collection must be sufficiently indented and end with a ] at line 1",
    ],
    ["one key twice", "pathways: []\npathways: []", "Map keys must be unique at line 2, column 1"],
    [
      "a tag",
      "pathways: !!js/function 'x'",
      "Unresolved tag: tag:yaml.org,2002:js/function at line 1",
    ],
    ["two documents", "--- {}\n--- {}", "Source contains multiple documents"],
  ] as const) {
    test(name, () => {
      const [first = "none"] = problemsIn(text, "east-1");
      assert.ok(first.startsWith(problem), first);
    });
  }
  test("all of them at once, but not without end", () => {
    assert.equal(problemsIn(one({ id: "a/b", cost: "-1", region: "EAST" })).length, 3);
    const many = Array.from({ length: 100 }, () => "  - 5").join("\n");
    assert.equal(problemsIn(`pathways:\n${many}`).length, 8);
  });
});

describe("refused in bounded time is", () => {
  test("a huge file", () =>
    assert.match(problemsIn(`#${" ".repeat(MAX_PATHWAY_FILE_BYTES)}`).join(), /is longer than/));
  test("a bomb of aliases", () => {
    const levels = ["a: &l0 [x, x]"];
    for (let level = 1; level < 20; level += 1) {
      levels.push(
        `k${level}: &l${level} [${Array(9)
          .fill(`*l${level - 1}`)
          .join(", ")}]`,
      );
    }
    assert.match(problemsIn(levels.join("\n")).join(), /alias/i);
  });
  test("a list in a list in a list", () =>
    assert.notDeepEqual(problemsIn(`pathways: ${"[".repeat(20_000)}`), []));
});

test("a problem is told in so many letters, however long a name in the file is", () => {
  const [problem = ""] = problemsIn(`pathways: []\n${"x".repeat(1_000)}: 1`);
  assert.ok(problem.startsWith("line 2, xxx") && problem.length <= 300, problem);
});

test("what the operators' page shows can be used as it stands", () => {
  const page = readFileSync(new URL("../../docs/steering.md", import.meta.url), "utf8");
  const blocks = Array.from(page.matchAll(/^```yaml\n(.*?)^```$/gms), ([, block = ""]) => block);
  assert.ok(blocks.length > 0);
  for (const block of blocks) assert.deepEqual(problemsIn(block), [], block);
});

test("whatever the text, it is read or refused, and never throws", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom(..."pathways:- &*[]{}\n \"'|>?!%#0aé".split("")), { maxLength: 60 })
      .map((all) => all.join("")),
    fc
      .tuple(fc.nat(WHOLE.length), fc.nat(20), fc.string())
      .map(([from, length, text]) => WHOLE.slice(0, from) + text + WHOLE.slice(from + length)),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const reading = read(text);
      if (!reading.ok) return assert.ok(reading.problems.length > 0);
      for (const { url, weight, cost } of reading.file.pathways) {
        assert.ok(URL.canParse(url) && !url.endsWith("/") && weight > 0 && cost >= 0);
      }
    }),
  );
});
