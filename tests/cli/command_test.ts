/** The command as a program, in a pipe and in a terminal. @module */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { serve, type WebSocketServer } from "../../mod.ts";
import { ended, programArguments, run, start } from "./program.ts";

const patience = { timeout: 60_000 };

describe("the command", { timeout: 180_000 }, () => {
  let server: WebSocketServer;
  before(async () => {
    server = await serve({}, (request, _protocols) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/secret") return new Response("who are you?", { status: 401 });
      return {
        message: (connection, message) =>
          message === "bye" ? void connection.close(4001, "you said so") : connection.send(message),
      };
    });
  });
  after(() => server.close());

  it("sends the lines of a pipe and prints what comes", patience, async () => {
    const { code, output, errors } = await run([server.url], "hello\nworld\n");
    assert.deepEqual([code, output], [0, "hello\nworld\n"], errors);
    assert.match(errors, /^connected to ws:/);
  });

  it("prints events as JSON, one a line", patience, async () => {
    const { code, output } = await run([server.url, "--json"], "hello\nbye\n");
    const events = output.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ type }) => type), ["open", "text", "close"]);
    assert.equal(events[1].data, "hello");
    assert.deepEqual([events[2].code, events[2].reason], [4001, "you said so"]);
    assert.equal(code, 0);
  });

  it("says why there is no connection, with a hint, and exits with 1", patience, async () => {
    const refused = await run([`${server.url}secret`]);
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /401[^]*hint: a header may be missing/);
    const nobody = await run(["ws://127.0.0.1:1/"]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.errors, /127\.0\.0\.1:1/);
  });

  it("exits with 2 and names the help for wrong usage", patience, async () => {
    for (const args of [["--nonsense"], ["bench"], ["serve", "--tls"], [server.url, "-H", "x"]]) {
      const { code, errors } = await run(args);
      assert.equal(code, 2, errors);
      assert.match(errors, /--help/);
    }
  });

  it("loads a server and prints a table and a histogram", patience, async () => {
    const flags = ["--connections", "2", "--in-flight", "2", "--duration", "1"];
    const { code, output } = await run(["bench", server.url, ...flags]);
    assert.equal(code, 0);
    assert.match(output, /messagesPerSecond +\d+/);
    assert.match(output, /p99Ms +[\d.]+/);
    assert.match(output, /< [\d.e-]+ ms +\d+ #/);
  });

  it("checks a server of ours, which answers as RFC 6455 asks", patience, async () => {
    const { code, output } = await run(["check", server.url]);
    assert.doesNotMatch(output, /WRONG/);
    assert.match(output, /(\d+) of \1 as RFC 6455 asks\n$/);
    assert.equal(code, 0);
  });

  it("serves an echo until it is interrupted", patience, async () => {
    const child = start("serve", "--port", "0");
    const whole = ended(child);
    const [line] = await once(child.stdout, "data");
    const url = /listening (\S+)/.exec(String(line))?.[1] ?? "";
    const { output } = await run([url], "echo me\n");
    assert.equal(output, "echo me\n");
    process.kill(child.pid ?? 0, "SIGINT"); // `child.kill` on Deno 2.9.6 hides the exit code
    assert.equal((await whole).code, 0);
  });

  it("takes commands in a terminal", patience, async () => {
    // Python's pty gives the program a terminal.
    const args = [process.execPath, ...programArguments, server.url];
    const child = spawn("python3", ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", ...args]);
    let screen = "";
    const shows = async (text: string | RegExp): Promise<void> => {
      while (!screen.match(text)) {
        const [chunk] = await once(child.stdout, "data");
        screen += chunk;
      }
    };
    await shows("connected to");
    child.stdin.write("hello\n");
    await shows("< hello");
    child.stdin.write("/hex 00ff\n");
    await shows("< 0x00ff");
    child.stdin.write("/ping\n");
    await shows(/pong after [\d.]+ ms/);
    child.stdin.write("/close 4002 enough\n");
    await shows(/closed by this side: 4002[^\n]*"enough"/);
    await once(child, "close");
  });
});
