/**
 * Runs one of the examples for a framework as a user would, with the real packages, and checks the
 * page, our WebSockets, and those of the neighbour on the same server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { connect, WebSocketError } from "../../../mod.ts";
import { ROOT, startArguments } from "../../../scripts/lib/runtimes.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { ownRuntimeName } from "../../helpers/own_runtime_name.ts";

const kind = ownRuntimeName();
const [name = "", ...settings] = process.argv.slice(2);
const folder = process.env.REACH_PACKAGES ?? "";

/** The example's files beside the packages, with our imports from the sources. Gives the first. */
function copyExample(): string {
  const from = join(ROOT, "examples", name), copies = mkdtempSync(join(folder, `${name}-`));
  cpSync(from, copies, { recursive: true });
  // Next looks for its packages as far up as a lockfile is.
  writeFileSync(join(folder, "package-lock.json"), "{}");
  for (const file of readdirSync(from)) if (file.endsWith(".mjs")) copyFile(file, copies);
  return join(copies, "main.mjs");
}

function copyFile(file: string, to: string): void {
  const source = readFileSync(join(ROOT, "examples", name, file), "utf8");
  const entries: Readonly<Record<string, string>> = {
    "@fullduplex/websocket": "mod.ts",
    "@fullduplex/websocket/node": "src/runtime/node/mod.ts",
  };
  const copy = source.replaceAll(
    /"(@fullduplex\/websocket[^"]*)"/g,
    (_, entry: string) => `"${pathToFileURL(join(ROOT, entries[entry] ?? "")).href}"`,
  );
  writeFileSync(join(to, file), copy);
}

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const flags = kind === "deno" ? ["--node-modules-dir=manual"] : [];
  const child = spawn(process.execPath, [...startArguments(kind), ...flags, copyExample()], {
    cwd: folder,
    env: {
      ...process.env,
      PORT: "0",
      ...Object.fromEntries(settings.map((each) => each.split("="))),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^listening (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error("the example ended before it listened");
}

/** The page, and its cookie. */
async function getPage(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  assert.ok(response.status < 500, `${response.status} ${text}`);
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function checkOurs(url: string, cookie: string): Promise<void> {
  const ws = url.replace("http", "ws");
  const headers: Record<string, string> = cookie === "" ? {} : { cookie };
  const connection = await connect(`${ws}/chat`, { headers });
  assert.equal(await connection.readText(), name === "express" ? "hello alice" : "hello");
  await connection.send("text");
  assert.equal(await connection.readText(), "text");
  const bytes = new Uint8Array(70_000).map((_, index) => index);
  await connection.send(bytes);
  assert.deepEqual(await connection.readBinary(), bytes);
  await connection.close();
  const refused = (status: number) => (error: unknown) =>
    error instanceof WebSocketError && error.status === status;
  const foreign = { headers: { ...headers, origin: "https://other.example" } };
  await assert.rejects(connect(`${ws}/chat`, foreign), refused(403));
  if (!["vite", "webpack", "next"].includes(name)) { // which answer unknown paths in their own way
    const late = { handshakeTimeoutMs: name === "socket_io" ? 5_000 : 40_000 };
    await assert.rejects(
      connect(`${ws}/nobody`, late),
      (error) => refused(404)(error) || name === "socket_io",
    );
  }
}

/** Sends one message for each pair, and expects the other. */
async function converse(url: string, pairs: Readonly<Record<string, string>>): Promise<void> {
  const connection = await connect(url.replace("http", "ws"));
  for (const [sent, expected] of Object.entries(pairs)) {
    await connection.send(sent);
    assert.equal(await connection.readText({ timeoutMs: 40_000 }), expected);
  }
  await connection.close();
}

/** Examples that are no chat. */
const OTHERS: Readonly<Record<string, (url: string) => Promise<void>>> = {
  nest: (url) =>
    converse(`${url}/chat`, { '{"event":"say","data":"hi"}': '{"event":"said","data":"hi"}' }),
  async json_schema(url) {
    await converse(`${url}/moves`, {
      '{"x":3,"y":4}': '{"distance":5}',
      '{"x":"3"}': '{"error":"Invalid input: expected number, received string"}',
    });
    const connection = await connect(`${url.replace("http", "ws")}/moves`);
    await connection.send("{");
    assert.equal((await connection.closed).code, 1007);
  },
};

/** The neighbour's own client, or what stands for it. */
const NEIGHBOURS: Readonly<Record<string, (url: string) => Promise<void>>> = {
  async socket_io(url) {
    interface Socket {
      emitWithAck(event: string, text: string): Promise<string>;
      disconnect(): void;
    }
    const { io } = await loadPackage<{ io(url: string, options: object): Socket }>(
      "socket.io-client",
    );
    const socket = io(url, { transports: ["websocket"] });
    assert.equal(await socket.emitWithAck("question", "how"), "re: how");
    socket.disconnect();
  },
  async ws_beside(url) {
    const connection = await connect(`${url.replace("http", "ws")}/old`);
    await connection.send("hi");
    const answer = await connection.read();
    assert.equal(
      typeof answer === "string" ? answer : new TextDecoder().decode(answer!),
      "old: hi",
    );
    await connection.close();
  },
  async vite(url) {
    const text = await (await fetch(`${url}/@vite/client`)).text();
    const token = /wsToken = "([^"]+)"/.exec(text)?.[1] ?? "";
    const connection = await connect(`${url.replace("http", "ws")}/?token=${token}`, {
      protocols: "vite-hmr",
    });
    assert.equal(await connection.readText(), '{"type":"connected"}');
    await connection.close();
  },
  async next(url) {
    const connection = await connect(`${url.replace("http", "ws")}/_next/hmr?id=1`, {
      headers: { origin: url },
    });
    assert.notEqual(await connection.read({ timeoutMs: 60_000 }), null);
    await connection.close();
  },
  async webpack(url) {
    const origin = url;
    const connection = await connect(`${url.replace("http", "ws")}/ws`, { headers: { origin } });
    assert.match(String(await connection.read()), /"type"/);
    await connection.close();
  },
};

await runProgram(async () => {
  const { child, url } = await start();
  try {
    const cookie = await getPage(`${url}/`);
    await (OTHERS[name] ?? checkOurs)(url, cookie);
    await NEIGHBOURS[name]?.(url);
    await getPage(`${url}/`);
  } finally {
    child.kill("SIGKILL");
  }
});
