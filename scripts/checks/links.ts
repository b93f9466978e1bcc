/**
 * Without this check a renamed page or heading would leave dead links in the documents, and only a
 * reader would find out.
 *
 * It follows every relative link of the documents in Markdown, headings included.
 *
 * @module
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Documents that users read. */
export function listDocuments(root: string): readonly string[] {
  return globSync(["*.md", "docs/**/*.md", "examples/**/*.md"], { cwd: root }).sort();
}

/** Each dead link, as `file: target`. */
export function findDeadLinks(root: string, documents: readonly string[]): readonly string[] {
  return documents.flatMap((file) => {
    const text = withoutCode(readFileSync(join(root, file), "utf8"));
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !isAlive(root, file, target))
      .map((target) => `${file}: ${target}`);
  });
}

function isAlive(root: string, file: string, target: string): boolean {
  const [path = "", heading] = target.split("#");
  const page = path === "" ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(root, page))) return false;
  return heading === undefined || !page.endsWith(".md") ||
    headingsOf(readFileSync(join(root, page), "utf8")).includes(heading);
}

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    anchorOf(heading)
  );
}

/** The anchor of a heading, given in Markdown, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$/gm, "");
}
