/** Code out of documentation. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDocExamples, readMarkdownCode } from "../../../scripts/checks/doc_code.ts";

describe("readMarkdownCode", () => {
  it("gives each block of TypeScript, by the name before it or its line", () => {
    const markdown = "# A\n\n`server.mts`:\n\n```ts\nserve();\n```\n\n```sh\nnpm i\n```\n\n" +
      "It says `b.mts`: not this.\n\n```ts\n\nconst a = `b`;\n```\n";
    assert.deepEqual(readMarkdownCode(markdown), [
      { name: "server.mts", code: "serve();\n" },
      { name: "line 15", code: "\nconst a = `b`;\n" },
    ]);
  });
});

describe("readDocExamples", () => {
  it("gives the code without the comment's stars", () => {
    const source = `/**
 * Text.
 *
 * @example
 * \`\`\`ts
 * const a = {
 *   b: 2 * 3,
 * };
 *
 * a.b;
 * \`\`\`
 */
export class A {
  /**
   * \`\`\`ts
   * indented();
   * \`\`\`
   */
}`;
    assert.deepEqual(readDocExamples(source), [
      { name: "line 5", code: "const a = {\n  b: 2 * 3,\n};\n\na.b;\n" },
      { name: "line 15", code: "indented();\n" },
    ]);
  });
});
