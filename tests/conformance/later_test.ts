import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Column } from "./explain.ts";
import { addLater } from "./later.ts";

const PAGE = "# Conformance\n\n## The matrix\n\n| a |\n\n## How connections were closed\n\n- a\n";
const FACTS = { dates: ["2026-11-30"], versions: ["Deno 2.9.6"] };

const column = (name: string): Column => ({
  target: { name, isOurs: true },
  results: [{ id: "9.1.1", title: "a", behavior: "OK", close: "OK", why: "", ms: 1, page: "x" }],
});

describe("addLater", () => {
  it("puts targets before the closes, and leaves the rest", () => {
    const page = addLater(PAGE, [column("server deno h2")], FACTS);
    assert.match(page, /\| a \|\n\n## Tried later\n\n[^]*\| server deno h2 \| 1 \| 1 \|\n/);
    assert.match(page, /2026-11-30, with Deno 2.9.6. Of 1 cells of 1 targets of ours, 1 are OK/);
    assert.ok(page.endsWith("\n\n## How connections were closed\n\n- a\n"));
  });

  it("puts those of another run in their place", () => {
    const first = addLater(PAGE, [column("server deno h2")], FACTS);
    assert.equal(
      addLater(first, [column("server bun h2")], FACTS),
      addLater(PAGE, [column("server bun h2")], FACTS),
    );
  });

  it("throws at a page that it does not know", () => {
    assert.throws(() => addLater("# Conformance\n", [column("server deno h2")], FACTS), /section/);
  });
});
