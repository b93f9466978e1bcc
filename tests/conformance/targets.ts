/**
 * Whom the cases try: our server and client on every runtime and adapter, and others as
 * controls.
 *
 * @module
 */
import { type Command, withArguments } from "../../scripts/interop_process.ts";
import { installWs, onRuntime } from "../../scripts/interop_peers.ts";
import type { RuntimeName } from "../../scripts/runtimes.ts";

/** A column of the matrix. */
export interface Target {
  /** `server deno tcp`, `client ws`. */
  readonly name: string;
  readonly role: "server" | "client";
  /** Whether all must be well, and not only be told. */
  readonly isOurs: boolean;
  /** Whether it knows permessage-deflate. */
  readonly hasDeflate: boolean;
  /** The command for Autobahn's cases, which send messages of 16 MiB. */
  readonly forLarge: Command;
  /** The command for our cases, at a limit of 1 MiB where it can be set. */
  readonly forOwn: Command;
}

const RUNTIMES: readonly RuntimeName[] = ["deno", "bun", "node24"];
/** Autobahn's largest is 16 MiB, and limits mean "at most". */
const LARGE_BYTES = 17 * 1_048_576;
const OWN_BYTES = 1_048_576;

/** What is asked of `scripts/echo.ts`, which tells what it knows by its options. */
const DEFLATE = ["--deflate"];

async function ourTargets(runtime: RuntimeName): Promise<readonly Target[]> {
  const server = withArguments(await onRuntime(runtime, "scripts/echo.ts"), ...DEFLATE);
  const client = withArguments(
    await onRuntime(runtime, "scripts/conformance_client.ts"),
    ...DEFLATE,
  );
  const large = (command: Command) => withArguments(command, "--max-message", String(LARGE_BYTES));
  const ours = { isOurs: true, hasDeflate: true } as const;
  return [
    ...["tcp", "http"].map((adapter): Target => {
      const forOwn = withArguments(server, "--adapter", adapter);
      const name = `server ${runtime} ${adapter}`;
      return { ...ours, name, role: "server", forOwn, forLarge: large(forOwn) };
    }),
    {
      ...ours,
      name: `client ${runtime}`,
      role: "client",
      forOwn: client,
      forLarge: large(client),
    },
  ];
}

const FOLDER = "tests/conformance/peers";

async function peerServer(
  name: string,
  runtime: RuntimeName,
  hasDeflate: boolean,
): Promise<Target> {
  const command = await onRuntime(runtime, `${FOLDER}/${name}_server.ts`);
  const limited = (bytes: number) => withArguments(command, String(bytes));
  return {
    name: `server ${name === "ws" ? name : `${name} native`}`,
    role: "server",
    isOurs: false,
    hasDeflate,
    forOwn: limited(OWN_BYTES),
    forLarge: limited(LARGE_BYTES),
  };
}

async function peerClient(library: "ws" | "native", runtime: RuntimeName): Promise<Target> {
  const command = withArguments(await onRuntime(runtime, `${FOLDER}/client.ts`), library);
  return {
    name: library === "ws" ? "client ws" : `client ${runtime} native`,
    role: "client",
    isOurs: false,
    hasDeflate: !(library === "native" && runtime === "deno"),
    forOwn: command,
    forLarge: command,
  };
}

/** All targets, after installing what they need; ours first. */
export async function prepareTargets(): Promise<readonly Target[]> {
  await installWs();
  const ours = (await Promise.all(RUNTIMES.map(ourTargets))).flat();
  const controls = await Promise.all([
    peerServer("ws", "node24", true),
    peerServer("bun", "bun", true),
    peerServer("deno", "deno", false),
    peerClient("ws", "node24"),
    peerClient("native", "node24"),
    peerClient("native", "bun"),
    peerClient("native", "deno"),
  ]);
  const all = [...ours, ...controls];
  return [
    ...all.filter(({ isOurs, role }) => isOurs && role === "server"),
    ...all.filter(({ isOurs, role }) => isOurs && role === "client"),
    ...all.filter(({ isOurs }) => !isOurs),
  ];
}
