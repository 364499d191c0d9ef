import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readDashManifest } from "./dash-manifest.ts";
import { type PathwayManifestInput, writePathwayManifest } from "./pathway-manifest.ts";

const AT = "http://origin/vod/film/manifest.mpd";
const NAMESPACE = 'xmlns="urn:mpeg:dash:schema:mpd:2011"';

/** An MPD with the lines; of an ordinary Period, unless one of them is a Period. */
function mpd(...lines: string[]): string {
  const period = lines.some((line) => line.includes("Period"))
    ? ""
    : '<Period><AdaptationSet><Representation id="r"/></AdaptationSet></Period>';
  return `<MPD ${NAMESPACE}>${lines.join("")}${period}</MPD>`;
}

const TWO = [
  { id: "east-1", url: "http://one" },
  { id: "west-1", url: "http://two" },
] as const;

function written(text: string, pathways: PathwayManifestInput["pathways"] = TWO): string {
  const reading = readDashManifest(text, AT);
  assert.ok(reading.ok, reading.ok ? "" : reading.reason);
  return writePathwayManifest({
    manifest: reading.manifest,
    pathways,
    steeringUri: "http://steer/x?a&b",
    refreshUri: "http://steer/play?a&b",
  });
}

const baseUrls = (text: string) =>
  Array.from(
    text.matchAll(/<BaseURL(?: serviceLocation="([^"]*)")?[^>]*>([^<]*)</g),
    ([, id, url]) => (id === undefined ? url : `${id} ${url}`),
  );
const FILM = ["east-1 http://one/vod/film/", "west-1 http://two/vod/film/"];

describe("the MPD's own BaseURL", () => {
  test("is one per pathway, the best first, and followed by the address of steering", () =>
    assert.match(
      written(mpd("<ProgramInformation/>")),
      /<ProgramInformation\/><BaseURL serviceLocation="east-1">http:\/\/one\/vod\/film\/<\/BaseURL>\n<BaseURL serviceLocation="west-1">[^<]*<\/BaseURL>\n<ContentSteering defaultServiceLocation="east-1" queryBeforeStart="false">http:\/\/steer\/x\?a&amp;b<\/ContentSteering><Period>/,
    ));
  for (const [name, text, path] of [
    ["that is relative", "media/", "/vod/film/media/"],
    ["with a path", "/media/", "/media/"],
    ["on the source's own host", "http://origin/media/", "/media/"],
    ["with a query", "media/?a=1&amp;b", "/vod/film/media/?a=1&amp;b"],
    ["with white space around it", "\n media/ \n", "/vod/film/media/"],
    ["that is empty", "", "/vod/film/"],
  ] as const) {
    test(`${name} leads to each pathway`, () =>
      assert.deepEqual(baseUrls(written(mpd(`<BaseURL>${text}</BaseURL>`))), [
        `east-1 http://one${path}`,
        `west-1 http://two${path}`,
      ]));
  }
  test("elsewhere is kept, on all pathways", () =>
    assert.deepEqual(baseUrls(written(mpd("<BaseURL>https://cdn/x/</BaseURL>"))), [
      "east-1 https://cdn/x/",
      "west-1 https://cdn/x/",
    ]));
  test("keeps what it says of availability, and no order of its own", () =>
    assert.match(
      written(
        `<MPD ${NAMESPACE} xmlns:dvb="urn:dvb"><BaseURL availabilityTimeOffset="3&quot;" serviceLocation="old" dvb:priority="2">x/</BaseURL><Period/></MPD>`,
      ),
      /<BaseURL availabilityTimeOffset="3&quot;" serviceLocation="east-1">http:\/\/one\/vod\/film\/x\/<\/BaseURL>/,
    ));
  test("is taken once of a source that lists several: the one that it begins with", () =>
    assert.deepEqual(
      baseUrls(
        written(
          mpd(
            '<BaseURL serviceLocation="a">a/</BaseURL><BaseURL serviceLocation="b">b/</BaseURL>',
            '<ContentSteering defaultServiceLocation="b">/old</ContentSteering>',
          ),
        ),
      ),
      ["east-1 http://one/vod/film/b/", "west-1 http://two/vod/film/b/"],
    ));
  test("rather on the source than elsewhere, since only there pathways can be chosen", () =>
    assert.deepEqual(
      baseUrls(written(mpd("<BaseURL>https://cdn/</BaseURL><BaseURL>./</BaseURL>"))),
      FILM,
    ));
});

describe("a BaseURL deeper down", () => {
  /** Written with such BaseURLs at the three levels. */
  const nested = (levels: { mpd?: string; period?: string; set?: string; stream?: string }) => {
    const base = (text: string | undefined) =>
      text === undefined ? "" : `<BaseURL serviceLocation="old">${text}</BaseURL>`;
    const stream = `<Representation>${base(levels.stream)}</Representation>`;
    const set = `<AdaptationSet>${base(levels.set)}${stream}</AdaptationSet>`;
    return baseUrls(
      written(mpd(base(levels.mpd), `<Period>${base(levels.period)}${set}</Period>`)),
    );
  };
  test("that is relative stays, and follows the pathway", () =>
    assert.deepEqual(nested({ period: "p/", set: "../s/", stream: "r.mp4?token=1" }), [
      ...FILM,
      "p/",
      "../s/",
      "r.mp4?token=1",
    ]));
  test("on the source's own host follows the pathway too", () =>
    assert.deepEqual(nested({ period: "http://origin/p/?a=1", stream: "//origin/r.mp4" }), [
      ...FILM,
      "../../p/?a=1",
      "../r.mp4",
    ]));
  test("elsewhere is kept, with what is relative to it", () =>
    assert.deepEqual(nested({ period: "https://cdn/p/", set: "s/" }), [
      ...FILM,
      "https://cdn/p/",
      "s/",
    ]));
  test("on the source, below one elsewhere, is one per pathway", () =>
    assert.deepEqual(nested({ period: "https://cdn/p/", set: "http://origin/s/", stream: "r" }), [
      ...FILM,
      "https://cdn/p/",
      "east-1 http://one/s/",
      "west-1 http://two/s/",
      "r",
    ]));
  test("is taken once of several", () =>
    assert.deepEqual(
      baseUrls(
        written(mpd("<Period><BaseURL>https://cdn/</BaseURL><BaseURL>p/</BaseURL></Period>")),
      ),
      [...FILM, "p/"],
    ));
  test("is kept where it is in a namespace of its own", () =>
    assert.match(
      written(mpd('<Period><x:BaseURL xmlns:x="urn:x">http://origin/p</x:BaseURL></Period>')),
      />http:\/\/origin\/p</,
    ));
});

describe("addresses of segments", () => {
  const segments = (attributes: string, base = "") =>
    /<SegmentTemplate ([^/]*.*?)\/></.exec(
      written(mpd(`<Period>${base}<SegmentTemplate ${attributes}/></Period>`)),
    )?.[1];
  for (const [from, to] of [
    ['media="$Number%05d$.m4s?t=1&amp;u=2"', 'media="$Number%05d$.m4s?t=1&amp;u=2"'],
    ['media="http://origin/$Number%05d$.m4s?t=1"', 'media="../../$Number%05d$.m4s?t=1"'],
    ['initialization="//ORIGIN:80/i.mp4"', 'initialization="../../i.mp4"'],
    ['media="/vod/film/$Number%05d$.m4s"', 'media="$Number%05d$.m4s"'],
    ['media="https://origin/$Time$"', 'media="https://origin/$Time$"'],
    ['media="http://origin//x"', 'media="http://origin//x"'],
    ['media="http://origin"', 'media="http://origin"'],
    ['media="http://cdn/x"', 'media="http://cdn/x"'],
    ['x="http://origin/x"', 'x="http://origin/x"'],
  ] as const) {
    test(`${from} becomes ${to}`, () => assert.equal(segments(from), to));
  }
  test("on the source, below a BaseURL elsewhere, are on the first pathway", () =>
    assert.equal(
      segments('media="http://origin/x"', "<BaseURL>https://cdn/</BaseURL>"),
      'media="http://one/x"',
    ));
});

describe("a pathway with a path of its own has below it", () => {
  const PREFIXED = "https://cdn-a.example/prefix";
  /** Where a player finds the first segment of what is nested so. */
  const found = (inner: string, own = "") => {
    const text = written(mpd(`${own}<Period>${inner}</Period>`), [
      { id: "cdn-a", url: PREFIXED },
      { id: "box", url: "http://box:1" },
    ]);
    const bases = Array.from(text.matchAll(/<BaseURL([^>]*)>([^<]*)</g));
    const chain = bases.filter(
      ([, attributes = ""]) =>
        !attributes.includes("serviceLocation") || attributes.includes('"cdn-a"'),
    );
    const media = /media="([^"]*)"/.exec(text)?.[1] ?? "";
    return [...chain.map(([, , url = ""]) => url), media.replace("$Number%05d$", "00007")].reduce(
      (base, uri) => new URL(uri, base).href,
      "http://steer/v1/play/film.mpd",
    );
  };
  const segments = '<SegmentTemplate media="$Number%05d$.m4s"/>';
  for (const [name, path, inner, own] of [
    ["a relative BaseURL", "/vod/film/p/", `<BaseURL>p/</BaseURL>${segments}`],
    ["a BaseURL with a path", "/vod/x/p1/", `<BaseURL>/vod/x/p1/</BaseURL>${segments}`],
    ["an absolute BaseURL", "/vod/x/p1/", `<BaseURL>http://origin/vod/x/p1/</BaseURL>${segments}`],
    ["a BaseURL that is the root", "/", `<BaseURL>http://origin</BaseURL>${segments}`],
    ["a BaseURL that is where it is", "/vod/film/", `<BaseURL>/vod/film/</BaseURL>${segments}`],
    ["a BaseURL beyond the root", "/x/", `<BaseURL>../../../../x/</BaseURL>${segments}`],
    [
      "one below another",
      "/vod/x/q/",
      `<BaseURL>/vod/x/p1/</BaseURL><AdaptationSet><BaseURL>/vod/x/q/</BaseURL>${segments}</AdaptationSet>`,
    ],
    [
      "one below another that is a file with a query",
      "/vod/",
      `<BaseURL>/vod/a.mp4?b=/c/</BaseURL><AdaptationSet><BaseURL>/vod/</BaseURL>${segments}</AdaptationSet>`,
    ],
    [
      "one below that of the MPD itself",
      "/vod/x/",
      `<BaseURL>/vod/x/</BaseURL>${segments}`,
      "<BaseURL>/media/deep/</BaseURL>",
    ],
    ["segments with a path", "/vod/x/", '<SegmentTemplate media="/vod/x/$Number%05d$.m4s"/>'],
    [
      "segments with an address",
      "/vod/x/",
      '<SegmentTemplate media="http://origin/vod/x/$Number%05d$.m4s"/>',
    ],
    [
      "segments with a path below a BaseURL elsewhere",
      "/vod/x/",
      '<BaseURL>https://cdn/</BaseURL><SegmentTemplate media="http://origin/vod/x/$Number%05d$.m4s"/>',
    ],
    [
      "segments with a colon",
      "/vod/film/a:",
      '<SegmentTemplate media="/vod/film/a:$Number%05d$.m4s"/>',
    ],
  ] as const) {
    test(name, () => assert.equal(found(inner, own), `${PREFIXED}${path}00007.m4s`));
  }
  test("but not segments with a path below a BaseURL elsewhere", () =>
    assert.equal(
      found('<BaseURL>https://cdn/x/</BaseURL><SegmentTemplate media="/$Number%05d$.m4s"/>'),
      "https://cdn/00007.m4s",
    ));
});

describe("what would lead away from steering", () => {
  test("is left out: another steering, at the MPD or in a service description", () => {
    const text = written(
      mpd(
        '<ContentSteering proxyServerURL="/p">/old</ContentSteering>',
        "<ServiceDescription><ContentSteering>/old</ContentSteering><Scope/></ServiceDescription>",
      ),
    );
    assert.equal(text.match(/<ContentSteering/g)?.length, 1);
    assert.doesNotMatch(text, /old/);
    assert.match(text, /<ServiceDescription><Scope\/><\/ServiceDescription>/);
  });
  test("gives way to us: where a live MPD is refreshed", () => {
    const text = written(
      `<m:MPD xmlns:m="urn:mpeg:dash:schema:mpd:2011" type="dynamic"><m:ProgramInformation/><m:Location>http://origin/a.mpd</m:Location><m:Location>http://origin/b.mpd</m:Location><m:PatchLocation ttl="60">patch</m:PatchLocation><m:ServiceDescription/><m:Period/></m:MPD>`,
    );
    assert.match(
      text,
      /<\/m:BaseURL>\n<m:Location>http:\/\/steer\/play\?a&amp;b<\/m:Location>\n<m:ContentSteering .*<\/m:ContentSteering><m:ServiceDescription\/>/s,
    );
    assert.doesNotMatch(text, /\.mpd|patch/i);
  });
  test("is left out: where an MPD that does not go on would be refreshed", () =>
    assert.doesNotMatch(
      written(
        mpd(
          "<Location>http://origin/vod/film/manifest.mpd?x=1</Location>",
          "<Location>https://elsewhere/x.mpd</Location>",
          '<PatchLocation ttl="60">patch</PatchLocation>',
        ),
      ),
      /Location>/,
    ));
  for (const [href, expected] of [
    ["period.xml", "http://one/vod/film/period.xml"],
    ["http://origin/period.xml?a=1&amp;b", "http://one/period.xml?a=1&amp;b"],
    ["https://ads/period.xml", "https://ads/period.xml"],
    ["urn:mpeg:dash:resolve-to-zero:2013", "urn:mpeg:dash:resolve-to-zero:2013"],
  ] as const) {
    test(`what is loaded into it from ${href} comes from ${expected}`, () =>
      assert.ok(
        written(
          mpd(`<Period xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="${href}"/>`),
        ).includes(`xlink:href="${expected}"`),
      ));
  }
});

describe("everything else is kept", () => {
  test("comments, instructions, character data and unknown elements", () => {
    const text = `<!-- a --><MPD ${NAMESPACE} xmlns:x="urn:x" x:a="1&amp;2"><!-- b --><x:Foo><![CDATA[a<b]]></x:Foo><?pi x?><Period>&lt;&#233;</Period></MPD><!-- c -->`;
    const rewritten = written(text).replace(/<BaseURL.*<\/ContentSteering>/s, "");
    assert.equal(
      rewritten,
      `<?xml version="1.0" encoding="UTF-8"?>\n${text.replace("&#233;", "é")}`,
    );
  });
  test("the prefix of the MPD's namespace, which ours then have too", () =>
    assert.match(
      written('<m:MPD xmlns:m="urn:mpeg:dash:schema:mpd:2011"><m:Period/></m:MPD>'),
      /<m:MPD [^>]*><m:BaseURL serviceLocation="east-1">.*<\/m:ContentSteering><m:Period\/><\/m:MPD>/s,
    ));
  test("words that look like our marks", () =>
    assert.match(
      written(mpd('<Period id="gap0x0x gap1x7x"/>')),
      /<Period id="gap0x0x gap1x7x"\/>/,
    ));
  test("a byte order mark and a declaration are not", () =>
    assert.match(
      written(`\uFEFF<?xml version="1.0" encoding='utf-8'?>${mpd()}`),
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<MPD/,
    ));
});

const namespaces = (count: number) =>
  Array.from({ length: count }, (_, n) => `xmlns:n${n}="u"`).join(" ");

describe("refused is", () => {
  const entities = Array.from(
    { length: 9 },
    (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
  ).join("");
  for (const [name, text, reason] of [
    ["nothing", "", "not-xml"],
    ["a page", "<!doctype html><html></html>", "document-type"],
    [
      "an entity bomb",
      `<!DOCTYPE MPD [<!ENTITY e0 "x">${entities}]>${mpd("&e9;")}`,
      "document-type",
    ],
    ["a file of the server", '<!DOCTYPE MPD SYSTEM "file:///etc/passwd"><MPD/>', "document-type"],
    ["an unknown entity", mpd("&nobody;"), "not-xml"],
    ["an end that does not come", mpd().slice(0, -3), "not-xml"],
    ["a tag that is not ended", mpd("<x>"), "not-xml"],
    ["an attribute twice", '<MPD a="1" a="2"><Period/></MPD>', "not-xml"],
    ["an attribute without quotes", "<MPD a=1><Period/></MPD>", "not-xml"],
    ["a prefix of nobody", mpd("<x:y/>"), "not-xml"],
    ["two documents", mpd() + mpd(), "not-xml"],
    ["text before it", `x${mpd()}`, "not-xml"],
    ["a playlist", "#EXTM3U\n", "not-xml"],
    ["another document", "<html><Period/></html>", "no-mpd"],
    ["an MPD without a Period", `<MPD ${NAMESPACE}/>`, "no-mpd"],
    ["a Period of another namespace", `<MPD ${NAMESPACE}><Period xmlns="x"/></MPD>`, "no-mpd"],
    ["another encoding", `<?xml version="1.0" encoding="UTF-16"?>${mpd()}`, "other-encoding"],
    ["a zero byte", mpd("\0"), "control-character"],
    ["a zero byte by reference", mpd("&#0;"), "control-character"],
    ["more than a mebibyte", mpd(" ".repeat(1024 * 1024)), "too-long"],
    ["a flood of elements", mpd("<S/>".repeat(20_001)), "too-many-tags"],
    ["a flood of namespaces", mpd('<a xmlns:n="u"/>'.repeat(4_097)), "too-many-namespaces"],
    ["one element with a flood of them", mpd(`<a ${namespaces(65)}/>`), "too-many-namespaces"],
    [
      "ever more namespaces, the deeper one goes",
      mpd('<a xmlns:n="u">'.repeat(4_000) + "<b/>".repeat(10_000) + "</a>".repeat(4_000)),
      "too-many-namespaces",
    ],
  ] as const) {
    test(`${name}: ${reason}`, () =>
      assert.deepEqual(readDashManifest(text, AT), { ok: false, reason }));
  }
  test("but not what declares its namespaces where they are used, as packagers do", () => {
    const protection = [
      '<ContentProtection xmlns:cenc="urn:mpeg:cenc:2013" cenc:default_KID="x" value="cenc"/>',
      '<ContentProtection><cenc:pssh xmlns:cenc="urn:mpeg:cenc:2013">AAAA</cenc:pssh></ContentProtection>',
      '<ContentProtection><mspr:pro xmlns:mspr="urn:microsoft:playready">AAAA</mspr:pro></ContentProtection>',
    ].join("");
    const set = `<AdaptationSet>${protection}<Representation/></AdaptationSet>`;
    const text = written(mpd(`<Period>${set.repeat(2)}</Period>`.repeat(200)));
    assert.equal(text.split(protection).length - 1, 400);
  });
  test("nor as many in one place as anybody needs", () =>
    assert.equal(readDashManifest(mpd(`<a ${namespaces(60)}/>`), AT).ok, true));
  test("nor what is only deep", () =>
    assert.equal(readDashManifest(mpd("<a>".repeat(9_000) + "</a>".repeat(9_000)), AT).ok, true));

  test("and never does it throw, whatever part of an MPD is broken", () => {
    const whole = mpd(
      '<BaseURL serviceLocation="a">http://origin/a/</BaseURL><Location>x</Location>',
      '<Period xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="p"><!-- c --><BaseURL>b/</BaseURL>',
      '<SegmentTemplate media="http://origin/$Number$"/>&#65;</Period>',
    );
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length }),
        fc.nat({ max: 20 }),
        fc.string({ unit: fc.constantFrom(..."<>/\"'&;:=![]-aP \n"), maxLength: 6 }),
        (at, cut, put) => {
          const reading = readDashManifest(whole.slice(0, at) + put + whole.slice(at + cut), AT);
          if (!reading.ok) return;
          const { manifest } = reading;
          const text = writePathwayManifest({
            manifest,
            pathways: [{ id: "a", url: "http://one" }],
            steeringUri: "http://s",
            refreshUri: "http://p",
          });
          assert.ok(readDashManifest(text, AT).ok, "what is written can be read");
        },
      ),
      { numRuns: 500 },
    );
  });
});
