/**
 * Finds the code in documentation: programs of the README and examples of doc comments. Without it
 * readers would be the first to run that code.
 *
 * @module
 */

/** A program in documentation. */
export interface ShownCode {
  /** The file name that the text gives it, or the line on which it begins. */
  readonly name: string;
  readonly code: string;
}

/**
 * The TypeScript blocks of a text in Markdown, named by a line like `` `server.mts`: `` before
 * them.
 */
export function readMarkdownCode(markdown: string): readonly ShownCode[] {
  const blocks = markdown.matchAll(/(?:^`([\w.]+)`:\n\n)?^```ts\n([^]*?)^```$/gm);
  return [...blocks].map(({ 1: name, 2: code = "", index }) => ({
    name: name ?? `line ${lineOf(markdown, index)}`,
    code,
  }));
}

/** The examples in the doc comments of a source or declaration file. */
export function readDocExamples(source: string): readonly ShownCode[] {
  const blocks = source.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```$/gm);
  return [...blocks].map(({ 1: lines = "", index }) => ({
    name: `line ${lineOf(source, index)}`,
    code: lines.replaceAll(/^ *\* ?/gm, ""),
  }));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
