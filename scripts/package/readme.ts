/**
 * The README as a new user reads it: installs the package as it says, pastes the server and
 * the client, runs them, and writes down what was typed and what came. Without it the first
 * thing that users try would be the one thing that nobody had tried.
 *
 * @module
 */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import process from "node:process";
import { findFreePort } from "../../tests/helpers/daemon.ts";
import { readMarkdownCode, type ShownCode } from "../checks/doc_code.ts";
import { type Command, type Ended, run } from "../lib/process.ts";
import {
  copyPublished,
  installCommand,
  linkFromJsr,
  type Manager,
  mustRun,
  type PackageSource,
} from "./project.ts";
import { type FoundRuntime, ROOT } from "../lib/runtimes.ts";

/** Where the README's server listens. */
const PORT = 8080;
const RUN_MS = 120_000;

/** Follows the README; gives the transcript, or throws with it. */
export async function tryReadme(
  manager: Manager,
  runtime: FoundRuntime,
  source: PackageSource,
): Promise<string> {
  const folder = mkdtempSync(join(source.workFolder, `readme-${runtime.name}-`));
  const lines: string[] = [`# ${runtime.name}`];
  const type = (text: string, ended: Ended | null = null): void => {
    lines.push(`$ ${text}`);
    if (ended !== null) lines.push((ended.output + ended.errors).trimEnd());
  };
  try {
    await installAsTold(manager, { folder, source, type });
    const [server, client, handlers] = await readPrograms();
    for (const { name, code } of [server, client]) writeFileSync(join(folder, name), code);
    await runServerAndClient(runtime, { folder, type });
    // The third program serves until it is stopped, so that a line is added.
    writeFileSync(join(folder, "handlers.mts"), `${handlers.code}\nawait server.close();\n`);
    type(
      `${nameOf(runtime)} handlers.mts   # and a last line, await server.close();`,
      await mustRun({ ...programOf(runtime, "handlers.mts"), folder }, RUN_MS),
    );
    return lines.join("\n");
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${lines.join("\n")}`, { cause: error });
  }
}

interface Desk {
  readonly folder: string;
  readonly type: (text: string, ended?: Ended | null) => void;
}

async function installAsTold(
  manager: Manager,
  { folder, source, type }: Desk & { readonly source: PackageSource },
): Promise<void> {
  if (manager === "jsr") {
    linkFromJsr(folder, await copyPublished(source.workFolder));
    type("deno add jsr:@fullduplex/websocket   # for lack of the registry, a link to its files");
    return;
  }
  const tarball = join(folder, basename(source.tarball));
  copyFileSync(source.tarball, tarball);
  if (manager === "npm") {
    const init: Command = { file: "npm", arguments: ["init", "-y"], folder };
    type("npm init -y   # (its output left out)");
    await mustRun(init);
  }
  const command = await installCommand(manager, { ...source, tarball: `./${basename(tarball)}` });
  const verb = manager === "npm" ? "npm install" : "bun add";
  type(`${verb} ./${basename(tarball)}`, await mustRun({ ...command, folder }));
}

/** The server, the client, and the program of handlers. */
async function readPrograms(): Promise<readonly [ShownCode, ShownCode, ShownCode]> {
  const programs = readMarkdownCode(readFileSync(join(ROOT, "README.md"), "utf8"));
  const [server, client] = ["server.mts", "client.mts"].map((name) =>
    programs.find((program) => program.name === name)
  );
  const handlers = programs.find(({ code }) => code.includes("routes({"));
  if (!server || !client || !handlers) throw new Error("the README's programs are not there");
  if (await isFree(PORT)) return [server, client, handlers];
  const free = await findFreePort();
  const move = ({ name, code }: ShownCode) => ({
    name,
    code: code.replaceAll(`${PORT}`, `${free}`),
  });
  return [move(server), move(client), handlers];
}

async function runServerAndClient(runtime: FoundRuntime, { folder, type }: Desk): Promise<void> {
  const listening = Promise.withResolvers<void>();
  let pid = 0;
  const serving = run({ ...programOf(runtime, "server.mts"), folder }, RUN_MS, {
    onStart: (own) => pid = own,
    onLine: (line) => line.startsWith("listening on") && listening.resolve(),
  });
  const early = await Promise.race([listening.promise, serving]);
  if (early !== undefined) throw new Error(`the server ended: ${early.output}${early.errors}`);
  const client = await run({ ...programOf(runtime, "client.mts"), folder }, RUN_MS);
  process.kill(pid, "SIGTERM");
  type(`${nameOf(runtime)} server.mts &`, await serving);
  type(`${nameOf(runtime)} client.mts`, client);
  const [hello, ping = ""] = client.output.split("\n");
  if (client.code !== 0 || hello !== "hello" || !/^[\d.e-]+ ms round trip$/.test(ping)) {
    throw new Error(`the client did not print what the README says (${client.code})`);
  }
}

/** As the README starts programs. */
function nameOf({ kind }: FoundRuntime): string {
  return kind === "deno" ? "deno run --allow-net" : kind;
}

function programOf({ kind, path }: FoundRuntime, file: string): Command {
  return { file: path, arguments: kind === "deno" ? ["run", "--allow-net", file] : [file] };
}

async function isFree(port: number): Promise<boolean> {
  return await listenOnce(port).then(() => true, () => false);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
