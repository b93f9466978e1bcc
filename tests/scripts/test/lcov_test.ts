/** Coverage reports in the form of lcov. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readLcov, sumByFolder, toPercent } from "../../../scripts/test/lcov.ts";

const REPORT = `SF:src/a/one.ts
BRF:4
BRH:3
LF:10
LH:10
end_of_record
SF:src/a/two.ts
BRF:0
BRH:0
LF:10
LH:5
end_of_record
SF:tests/three.ts
BRF:9
BRH:9
LF:9
LH:9
end_of_record
`;
const inSources = (file: string): string | null => file.startsWith("src/") ? file : null;

describe("readLcov", () => {
  it("reads the branches and lines of each file, and leaves out files without a name", () => {
    assert.deepEqual([...readLcov(REPORT, inSources)], [
      ["src/a/one.ts", { branches: { all: 4, reached: 3 }, lines: { all: 10, reached: 10 } }],
      ["src/a/two.ts", { branches: { all: 0, reached: 0 }, lines: { all: 10, reached: 5 } }],
    ]);
  });
});

describe("sumByFolder", () => {
  it("adds up the files of a folder", () => {
    assert.deepEqual([...sumByFolder(readLcov(REPORT, inSources), () => "src/a")], [
      ["src/a", { branches: { all: 4, reached: 3 }, lines: { all: 20, reached: 15 } }],
    ]);
  });
});

describe("toPercent", () => {
  it("has one digit after the point, and a dash where there is nothing to reach", () => {
    assert.equal(toPercent({ all: 3, reached: 2 }), "66.7");
    assert.equal(toPercent({ all: 0, reached: 0 }), "-");
  });
});
