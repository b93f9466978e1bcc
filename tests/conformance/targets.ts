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
const MOUNTS = "tests/conformance/mounts";

/** A program that takes its limit as its argument. */
interface ServerProgram extends Pick<Target, "name" | "isOurs" | "hasDeflate"> {
  readonly runtime: RuntimeName;
  readonly file: string;
}

const SERVERS: readonly ServerProgram[] = [
  {
    name: "server node24 mount",
    runtime: "node24",
    file: `${MOUNTS}/node.ts`,
    isOurs: true,
    hasDeflate: true,
  },
  // On these two the frames are the runtime's, so that most verdicts are about it.
  {
    name: "server bun mount",
    runtime: "bun",
    file: `${MOUNTS}/bun.ts`,
    isOurs: false,
    hasDeflate: true,
  },
  {
    name: "server deno mount",
    runtime: "deno",
    file: `${MOUNTS}/deno.ts`,
    isOurs: false,
    hasDeflate: false,
  },
  {
    name: "server ws",
    runtime: "node24",
    file: `${FOLDER}/ws_server.ts`,
    isOurs: false,
    hasDeflate: true,
  },
  {
    name: "server bun native",
    runtime: "bun",
    file: `${FOLDER}/bun_server.ts`,
    isOurs: false,
    hasDeflate: true,
  },
  {
    name: "server deno native",
    runtime: "deno",
    file: `${FOLDER}/deno_server.ts`,
    isOurs: false,
    hasDeflate: false,
  },
];

async function programTarget({ runtime, file, ...rest }: ServerProgram): Promise<Target> {
  const command = await onRuntime(runtime, file);
  const limited = (bytes: number) => withArguments(command, String(bytes));
  const commands = { forOwn: limited(OWN_BYTES), forLarge: limited(LARGE_BYTES) };
  return { ...rest, role: "server", ...commands };
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
  const others = await Promise.all([
    ...SERVERS.map(programTarget),
    peerClient("ws", "node24"),
    peerClient("native", "node24"),
    peerClient("native", "bun"),
    peerClient("native", "deno"),
  ]);
  const all = [...ours, ...others];
  return [
    ...all.filter(({ isOurs, role }) => isOurs && role === "server"),
    ...all.filter(({ isOurs, role }) => isOurs && role === "client"),
    ...all.filter(({ isOurs }) => !isOurs),
  ];
}
