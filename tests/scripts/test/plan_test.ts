/** The test runner's reading of reports, choice of files and verdicts. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addCounts, countTests, listFailed } from "../../../scripts/test/junit.ts";
import { findComplaint, runsOn, selectFiles } from "../../../scripts/test/plan.ts";
import { formatTable } from "../../../scripts/lib/table.ts";

// Cut from real reports of one file: a suite with "one", a nested suite with "two" that
// fails, and a skipped test outside.
const DENO = `<testsuites name="deno test" tests="6" failures="3">
  <testsuite name="./a_test.ts" tests="2" disabled="1" errors="0" failures="1">
    <testcase name="outer &amp; x" classname="./a_test.ts" line="3" col="1">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="alone" classname="./a_test.ts" line="9" col="1">
      <skipped/>
    </testcase>
  </testsuite>
  <testsuite name="ext:deno_node/testing.ts" tests="3" disabled="0" errors="0" failures="2">
    <testcase name="outer &amp; x &gt; one" classname="ext:deno_node/testing.ts">
    </testcase>
    <testcase name="outer &amp; x &gt; inner" classname="ext:deno_node/testing.ts">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
    <testcase name="outer &amp; x &gt; inner &gt; two" classname="ext:deno_node/testing.ts">
      <failure message="Uncaught AssertionError: not equal:

1 !== 2
">AssertionError</failure>
    </testcase>
  </testsuite>
</testsuites>`;

const BUN = `<testsuites name="bun test" tests="3" assertions="0" failures="1" skipped="1">
  <testsuite name="a_test.ts" file="a_test.ts" tests="3">
    <testsuite name="outer &amp; x" file="a_test.ts" line="3" tests="2">
      <testcase name="one" classname="outer" file="a_test.ts" line="4" assertions="0" />
      <testsuite name="inner" file="a_test.ts" line="6" tests="1">
        <testcase name="two" classname="inner &gt; outer" file="a_test.ts" assertions="0">
          <failure type="AssertionError" message="not equal&#10;">AssertionError</failure>
        </testcase>
      </testsuite>
    </testsuite>
    <testcase name="alone" classname="" time="0" file="a_test.ts" line="10" assertions="0">
      <skipped />
    </testcase>
  </testsuite>
</testsuites>`;

const NODE = `<testsuites>
	<testsuite name="outer &amp; x>" time="0.002" tests="2" failures="1" skipped="0" hostname="vm">
		<testcase name="one >" time="0.0005" classname="test"/>
		<testsuite name="inner" time="0.0009" tests="1" failures="1" skipped="0" hostname="vm">
			<testcase name="two" time="0.0006" classname="test" failure="1 !== 2">
				<failure type="testCodeFailure" message="1 !== 2">
[Error: at TestContext.&lt;anonymous> (file:///a_test.ts:6:82)]
				</failure>
			</testcase>
		</testsuite>
	</testsuite>
	<testcase name="alone" time="0.0001" classname="test">
		<skipped type="skipped" message="true"/>
	</testcase>
	<!-- tests 3 -->
</testsuites>`;

describe("countTests", () => {
  const expected = { passed: 1, failed: 1, skipped: 1 };
  it("counts each test of Deno's report once, and no suite", () => {
    assert.deepEqual(countTests(DENO, "deno"), expected);
  });
  it("reads Bun's report", () => assert.deepEqual(countTests(BUN, "bun"), expected));
  it("reads Node's report", () => assert.deepEqual(countTests(NODE, "node"), expected));
  it("finds nothing in an empty report", () => {
    assert.deepEqual(countTests("", "node"), { passed: 0, failed: 0, skipped: 0 });
  });
  it("lists what failed, with its error and where", () => {
    const [deno] = listFailed(DENO, "deno");
    assert.deepEqual(deno, {
      name: "outer & x > inner > two",
      error: "Uncaught AssertionError: not equal:\n1 !== 2\n",
    });
    assert.deepEqual(listFailed(BUN, "bun"), [{ name: "two", error: "not equal\n" }]);
    const place = "at run (file:///tests/a_test.ts:6:82)";
    const report = NODE.replace("at TestContext.&lt;anonymous> (file:///a_test.ts:6:82)", place);
    assert.deepEqual(listFailed(report, "node"), [{ name: "two", error: `1 !== 2\n${place}]` }]);
  });
  it("adds up", () => {
    assert.deepEqual(addCounts([expected, expected]), { passed: 2, failed: 2, skipped: 2 });
  });
});

describe("selectFiles", () => {
  const files = [
    "tests/b_test.ts",
    "tests/a/c_test.ts",
    "tests/a/help.ts",
    "tests/interop/d_test.ts",
  ];
  it("takes test files, but not those with a task of their own", () => {
    assert.deepEqual(selectFiles(files, []), ["tests/a/c_test.ts", "tests/b_test.ts"]);
  });
  it("takes what is named, files and folders", () => {
    assert.deepEqual(selectFiles(files, ["tests/interop"]), ["tests/interop/d_test.ts"]);
    assert.deepEqual(selectFiles(files, ["tests/b_test.ts"]), ["tests/b_test.ts"]);
    assert.deepEqual(selectFiles(files, ["tests/inter"]), []);
  });
});

describe("runsOn", () => {
  it("runs a file everywhere unless its name says where", () => {
    assert.ok(runsOn("tests/a_test.ts", "bun") && runsOn("tests/deno_test.ts", "bun"));
    assert.ok(runsOn("tests/a_deno_test.ts", "deno") && !runsOn("tests/a_deno_test.ts", "node"));
  });
});

describe("findComplaint", () => {
  const none = { passed: 0, failed: 0, skipped: 0 };
  it("findComplaint is silent when tests ran, passed or failed", () => {
    assert.equal(findComplaint({ ...none, passed: 1 }, { code: 0 }), "");
    assert.equal(findComplaint({ ...none, failed: 1 }, { code: 1 }), "");
  });
  it("tells of a crash, a timeout and an empty file", () => {
    assert.match(findComplaint({ ...none, passed: 1 }, { code: 1 }), /exit code 1/);
    assert.match(findComplaint({ ...none, passed: 1 }, { code: null, timeoutSeconds: 9 }), /9 s/);
    assert.match(findComplaint(none, { code: 0 }), /no test/);
  });
});

describe("formatTable", () => {
  it("aligns texts left and numbers right", () => {
    const rows = [["runtime", "version", "passed"], ["bun", "1.4.5", "7"]];
    assert.equal(formatTable(rows), "runtime  version  passed\nbun      1.4.5         7");
  });
});
