/** The site, built from a made-up repository, and its parts. @module */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { addWayBack, readNames } from "../../../scripts/docs/api.ts";
import { excerptOf, findEntries } from "../../../scripts/docs/assets/search.mjs";
import { type Guide, writeGuide } from "../../../scripts/docs/guide.ts";
import { printAll, printIndex } from "../../../scripts/docs/llms.ts";
import { loadRenderer, type Renderer } from "../../../scripts/docs/markdown.ts";
import { findDeadSiteLinks } from "../../../scripts/docs/site_links.ts";

const made: string[] = [];

/** Writes a folder of the given files. */
function makeFolder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "fullduplex-site-"));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

const README = `# made/up
[more](docs/a.md#the-b-part)

## Where to read on

- Begin, step by
  step: [First](docs/a.md)

## Last

- Not: [in](docs/b.md) the list
`;
const FILES = {
  "README.md": README,
  "CHANGELOG.md": "# Changes\n",
  "docs/a.md":
    "# A page\n\nA `first` sentence. A second.\n\n## The `b` part\n\n| x<y | z |\n| - | - |\n" +
    "| 1 | 2 |\n\n```ts\nconst pong = [1](2);\n```\n\n[up](../README.md) [file](../src/x.ts)\n",
  "docs/b.md": "# B & C\n\n## Same\n\n![bars](b.svg)\n\n## Same\n",
  "docs/b.svg": "<svg></svg>",
  "src/x.ts": "",
};

interface Built {
  readonly guide: Guide;
  readonly output: string;
  /** A file of the site. */
  read(path: string): string;
}

function build(render: Renderer, files: Record<string, string>): Built {
  const root = makeFolder(files), output = makeFolder({});
  const entryPoints = [{ name: "made/up/x", url: "api/x/index.html" }];
  const repository = "https://code.test/made/up";
  const guide = writeGuide({ root, output, name: "made/up", repository, entryPoints, render });
  return { guide, output, read: (path) => readFileSync(join(output, path), "utf8") };
}

describe("docs:site", () => {
  it("turns links between documents into links between pages, and others into the repository's", async () => {
    const { output, read } = build(await loadRenderer(), FILES);
    assert.match(read("index.html"), /href="docs\/a\.html#the-b-part">more</);
    assert.match(read("docs/a.html"), /href="\.\.\/index\.html">up</);
    assert.match(
      read("docs/a.html"),
      /href="https:\/\/code\.test\/made\/up\/blob\/HEAD\/src\/x\.ts"/,
    );
    assert.match(read("docs/b.html"), /<img src="b\.svg"/);
    assert.equal(read("docs/b.svg"), "<svg></svg>");
    const dead = findDeadSiteLinks(output); // there is no API reference here
    assert.deepEqual(dead.filter((link) => !link.includes("api/")), []);
  });

  it("refuses a link to a file that is not there", async () => {
    const render = await loadRenderer();
    const files = { ...FILES, "docs/b.md": "# B\n[gone](c.md)\n" };
    assert.throws(() => build(render, files), /docs\/b\.md links to c\.md/);
  });

  it("lists the README's pages under their tasks, and every other page after them", async () => {
    const { guide, read } = build(await loadRenderer(), FILES);
    assert.deepEqual(guide.groups, [
      { task: "Begin, step by step", pages: [{ path: "docs/a.md", label: "First" }] },
      {
        task: "More",
        pages: [
          { path: "CHANGELOG.md", label: "Changes" },
          { path: "docs/b.md", label: "B & C" },
        ],
      },
    ]);
    assert.match(read("docs/a.html"), /<a href="\.\.\/docs\/a\.html" aria-current="page">First</);
    assert.match(read("docs/a.html"), /<a href="\.\.\/docs\/b\.html">B &amp; C</);
    assert.match(read("docs/a.html"), /<a href="\.\.\/api\/x\/index\.html">made\/up\/x</);
  });

  it("gives headings the anchors of GitHub, and repeated ones a number", async () => {
    const { guide } = build(await loadRenderer(), FILES);
    const urls = guide.entries.map(({ url }) => url);
    assert.deepEqual(urls.filter((url) => url.startsWith("docs/")), [
      "docs/a.html",
      "docs/a.html#the-b-part",
      "docs/b.html",
      "docs/b.html#same",
      "docs/b.html#same-1",
    ]);
    const [, part] = guide.entries.filter(({ title }) => title === "A page");
    assert.equal(part?.heading, "The b part");
    assert.match(part?.text ?? "", /^x<y z 1 2 const pong = .* up file$/);
  });

  it("writes an index and one text of all pages for language models", async () => {
    const { guide } = build(await loadRenderer(), FILES);
    const request = {
      name: "made/up",
      summary: "Is made up.",
      site: "https://x.test/",
      entryPoints: [{ name: "made/up/x", url: "api/x/index.html" }],
    };
    const index = printIndex(guide, request);
    assert.ok(index.startsWith("# made/up\n\n> Is made up.\n\n- [README]"), index);
    assert.ok(
      index.includes(
        "\n## Begin, step by step\n\n- [First](https://x.test/docs/a.md): A first sentence.\n",
      ),
      index,
    );
    assert.ok(index.endsWith("- [made/up/x](https://x.test/api/x/index.html)\n"), index);
    assert.deepEqual(printAll(guide, request).match(/^<!-- .* -->$/gm), [
      "<!-- https://x.test/README.md -->",
      "<!-- https://x.test/docs/a.md -->",
      "<!-- https://x.test/docs/b.md -->",
    ]);
  });
});

describe("findDeadSiteLinks", () => {
  it("finds missing pages and anchors, also of other files, and leaves code alone", () => {
    const folder = makeFolder({
      "index.html": `<h2 id="a b">x</h2><a href="#a%20b">1</a> <a class=x href="#c">2</a>
<a href="sub/">3</a> <a href="sub/page.html?x#y">4</a> <a href="/sub/page.html">5</a>
<code>&lt;a href="no.html"&gt;</code> <!-- <a href="no.html"> --> <a href="https://x.test/">6</a>`,
      "sub/index.html":
        `<img src="no.png"><a href="..&#x2F;index.html">1</a> <a href="../../up">2</a>`,
      "sub/page.html": `<p id="y">`,
    });
    assert.deepEqual(
      findDeadSiteLinks(folder, [{ path: "list", links: ["sub/page.html#z", "index.html"] }]),
      [
        "index.html: #c",
        "index.html: /sub/page.html",
        "sub/index.html: no.png",
        "sub/index.html: ../../up",
        "list: sub/page.html#z",
      ],
    );
  });
});

describe("the pages of deno doc", () => {
  it("get a link to the guide", () => {
    const html = `<ul class="breadcrumbs">\n  <li>`;
    assert.match(addWayBack(html, "api/x/~/A.html"), /<a href="\.\.\/\.\.\/\.\.\/index\.html"/);
    const redirect = `<meta http-equiv="refresh" content="0; url=x">`;
    assert.equal(addWayBack(redirect, "api/A.html"), redirect);
    assert.throws(() => addWayBack("<p>", "api/A.html"), /api\/A\.html has no/);
  });

  it("give their names to the search, each once and without members", () => {
    const node = (name: string, file: string) => ({
      name,
      file,
      kind: [{ title: "Function" }],
      doc: "Does it.",
      url: `./${file}/~/${name}.html`,
    });
    const nodes = [
      node("serve", "."),
      node("serve", "./bun"),
      node("A.b", "."),
      node("to", "./bun"),
    ];
    const script = `(function () {\n  window.DENO_DOC_SEARCH_INDEX = ${
      JSON.stringify({ kind: "search", nodes })
    };\n})()`;
    assert.deepEqual(readNames(script, "made/up"), [
      { title: "made/up", heading: "serve", url: "api/~/serve.html", text: "Function. Does it." },
      { title: "made/up/bun", heading: "to", url: "api/bun/~/to.html", text: "Function. Does it." },
    ]);
    assert.throws(() => readNames("{}", "made/up"), /another form/);
  });
});

describe("the search", () => {
  const entry = (heading: string, text: string) => ({ title: "Page", heading, url: "", text });

  it("wants all words, and puts headings before texts and whole words before parts", () => {
    const entries = [
      entry("One", "unpinged"),
      entry("Two", "a ping and a pong"),
      entry("Pings", "a pong"),
      entry("Ping", "a pong"),
      entry("Three", "a pong"),
    ];
    const find = (query: string) => findEntries(entries, query).map(({ heading }) => heading);
    assert.deepEqual(find("PING"), ["Ping", "Pings", "Two", "One"]);
    assert.deepEqual(find(" ping pong "), ["Ping", "Pings", "Two"]);
    assert.deepEqual(find("  "), []);
  });

  it("shows the text around the first word", () => {
    const text = `${"a ".repeat(100)}ping ${"b ".repeat(100)}`;
    assert.match(excerptOf(text, "ping"), /^…(a )+ping (b )+b…$/);
    assert.equal(excerptOf("short", "nothing"), "short");
  });
});
