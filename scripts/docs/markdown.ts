/**
 * Markdown as the site needs it: HTML with the anchors that GitHub gives to headings, and the text
 * of each section for the search. Without it a link to a heading would work on GitHub and not on
 * the site, or the other way round.
 *
 * The parser is `marked`, which npm installs into `.cache`. Only this task uses it.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { anchorOf } from "../checks/links.ts";
import { install, ROOT } from "../lib/runtimes.ts";

const MARKED = "marked@18.2.1";

/** As much of marked's types as is used here; the type check does without the package. */
interface Token {
  readonly type: string;
  /** Markdown as it was written. */
  readonly raw: string;
  /** Markdown without the marks of the block itself. */
  readonly text?: string;
  readonly depth?: number;
  readonly tokens?: readonly Token[];
  href?: string;
}

interface Marked {
  lexer(markdown: string): Token[];
  parser(tokens: readonly Token[]): string;
  walkTokens(tokens: readonly Token[], callback: (token: Token) => void): void;
}

interface MarkedModule {
  Marked: new (extension: {
    readonly renderer: {
      heading(
        this: { readonly parser: { parseInline(tokens: readonly Token[]): string } },
        token: Token,
      ): string;
    };
  }) => Marked;
}

/** A part of a page: a heading, and the text up to the next one. */
export interface Section {
  /** Empty for the text before the first heading below the title. */
  readonly heading: string;
  /** The `id` of the heading; empty for the title's. */
  readonly anchor: string;
  readonly depth: number;
  readonly text: string;
}

/** A page in Markdown, converted. */
export interface Rendered {
  readonly title: string;
  /** The first sentence; empty if the page does not begin with a paragraph. */
  readonly summary: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

/** Converts a page. `resolve` is given each link and says where it leads on the site. */
export type Renderer = (markdown: string, resolve: (href: string) => string) => Rendered;

/** Loads marked; npm installs it first if it is not in the cache. */
export async function loadRenderer(): Promise<Renderer> {
  const folder = join(ROOT, ".cache", MARKED);
  if (!existsSync(folder)) await install(MARKED, folder);
  const path = join(folder, "node_modules", "marked", "lib", "marked.esm.js");
  const { Marked }: MarkedModule = await import(pathToFileURL(path).href);
  return (markdown, resolve) => {
    const anchors = new Map<Token, string>(), used = new Map<string, number>();
    const marked = new Marked({
      renderer: {
        heading(token) {
          const { depth, tokens = [] } = token;
          const id = anchors.get(token) ?? "", inner = this.parser.parseInline(tokens);
          return `<h${depth} id="${id}"><a href="#${id}">${inner}</a></h${depth}>\n`;
        },
      },
    });
    const tokens = marked.lexer(markdown);
    marked.walkTokens(tokens, (token) => {
      if (token.href !== undefined) token.href = resolve(token.href);
      if (token.type !== "heading") return;
      const anchor = anchorOf(token.text ?? ""), count = used.get(anchor) ?? 0;
      used.set(anchor, count + 1);
      anchors.set(token, count === 0 ? anchor : `${anchor}-${count}`);
    });
    // A wide table scrolls by itself, so that a narrow page does not.
    const html = marked.parser(tokens)
      .replaceAll("<table>", `<div class="scroll" tabindex="0"><table>`)
      .replaceAll("</table>", "</table></div>");
    const title = tokens.find(({ type }) => type === "heading")?.text ?? "";
    return {
      title: toText(title),
      summary: summarize(tokens),
      html,
      sections: cut(tokens, anchors),
    };
  };
}

function cut(tokens: readonly Token[], anchors: ReadonlyMap<Token, string>): readonly Section[] {
  const sections: { -readonly [Key in keyof Section]: Section[Key] }[] = [];
  for (const token of tokens) {
    if (token.type === "heading") {
      const { depth = 1 } = token, isTitle = depth === 1;
      const heading = isTitle ? "" : toText(token.text ?? "");
      sections.push({ heading, anchor: isTitle ? "" : anchors.get(token) ?? "", depth, text: "" });
    } else {
      const last = sections.at(-1);
      if (last !== undefined) last.text = `${last.text} ${toText(token.raw)}`.trim();
    }
  }
  return sections;
}

function summarize(tokens: readonly Token[]): string {
  const first = tokens.find(({ type }) => type !== "heading" && type !== "space");
  const text = first?.type === "paragraph" ? toText(first.text ?? "") : "";
  return /^.*?[.?](?= |$)/.exec(text)?.[0] ?? text.replace(/:$/, ".");
}

/** Markdown without its marks, on one line. */
function toText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^```.*$|^[-| :]+$|^> ?|\*\*|\|/gm, " ")
    .replace(/`/g, "").replace(/\s+/g, " ").trim();
}
