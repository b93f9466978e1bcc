/**
 * Whom the cases try: our server and client on every runtime and adapter, and others as
 * controls.
 *
 * @module
 */
import { type Command, withArguments } from "../../scripts/lib/process.ts";
import { installWs } from "../../scripts/interop/peers.ts";
import { onRuntime } from "../../scripts/lib/on_runtime.ts";
import type { RuntimeName } from "../../scripts/lib/runtimes.ts";
import type { BridgeKind } from "./bridge/start.ts";

/** A column of the matrix. */
export interface Target {
  /** `server deno tcp`, `client ws`. */
  readonly name: string;
  readonly role: "server" | "client";
  /** Whether all must be well, and not only be told. */
  readonly isOurs: boolean;
  /**
   * The control that ours stands on: the frames are the platform's, and what this one does
   * wrong in the same run is not ours to do better.
   */
  readonly standsOn?: string;
  /**
   * What translates for a target of HTTP/2: the cases speak HTTP/1.1. Cases of opening handshakes
   * are left out then.
   */
  readonly through?: BridgeKind;
  /**
   * Whether it is left out by `--quick`, and otherwise tried without section 9 and the large cases
   * of 12 and 13.
   */
  readonly isShort?: boolean;
  /**
   * Which cases of permessage-deflate: none where it is not known; `all` with messages of up to
   * 128 KiB, 1,000 a case, which takes three minutes. One adapter of ours a runtime and role is
   * enough for those: the others have the same codec.
   */
  readonly deflate: "none" | "small" | "all";
  /** The command for Autobahn's cases, which send messages of 16 MiB. */
  readonly forLarge: Command;
  /** The command for our cases, at a limit of 1 MiB where it can be set. */
  readonly forOwn: Command;
}

const RUNTIMES: readonly RuntimeName[] = ["deno", "bun", "node24"];
/** Autobahn's largest is 16 MiB, and limits mean "at most". */
const LARGE_BYTES = 17 * 1_048_576;
const OWN_BYTES = 1_048_576;

type Facts = Omit<Target, "forLarge" | "forOwn">;

/** A program of ours that takes options. */
function withOptions(facts: Facts, command: Command, ...options: readonly string[]): Target {
  const deflate = facts.deflate !== "none" && facts.standsOn === undefined ? ["--deflate"] : [];
  const forOwn = withArguments(command, ...options, ...deflate);
  const forLarge = withArguments(forOwn, "--max-message", String(LARGE_BYTES));
  return { ...facts, forOwn, forLarge };
}

/** A program that takes its limit as its argument. */
function withLimit(facts: Facts, command: Command): Target {
  const limited = (bytes: number) => withArguments(command, String(bytes));
  return { ...facts, forOwn: limited(OWN_BYTES), forLarge: limited(LARGE_BYTES) };
}

/** Adapters whose frames are ours. */
async function ourTargets(runtime: RuntimeName): Promise<readonly Target[]> {
  const [echo, client, http, duplex] = await Promise.all([
    onRuntime(runtime, "scripts/echo.ts"),
    onRuntime(runtime, "scripts/conformance/client.ts"),
    onRuntime(runtime, `${MOUNTS}/node.ts`),
    onRuntime(runtime, `${MOUNTS}/duplex.ts`),
  ]);
  const facts = (name: string): Facts => {
    const [role, kind] = name.split(" ") as [Target["role"], string];
    return {
      name: `${role} ${runtime} ${kind}`,
      role,
      isOurs: true,
      deflate: kind === "duplex" ? "none" : kind === "tcp" ? "all" : "small",
    };
  };
  return [
    withOptions(facts("server tcp"), echo, "--adapter", "tcp"),
    withOptions(facts("server session"), echo, "--style", "session"),
    withOptions(facts("server http"), echo, "--adapter", "http"),
    withLimit(facts("server mount"), http),
    withLimit(facts("server duplex"), duplex),
    withOptions({ ...facts("server h2"), through: "bridge" }, echo, "--adapter", "h2"),
    withOptions(
      { ...facts("server h2-haproxy"), through: "haproxy", isShort: true },
      echo,
      "--adapter",
      "h2",
    ),
    withOptions(facts("client tcp"), client, "--adapter", "tcp"),
    withOptions(facts("client session"), client, "--style", "session"),
    withOptions(facts("client duplex"), client, "--adapter", "duplex"),
    withOptions({ ...facts("client h2"), through: "bridge" }, client, "--adapter", "h2"),
    withOptions({ ...facts("client web"), ...onNative(runtime) }, client, "--adapter", "web"),
  ];
}

/** A client behind the platform's own. */
function onNative(runtime: RuntimeName): Pick<Target, "standsOn" | "deflate"> {
  return { standsOn: `client ${runtime} native`, deflate: runtime === "deno" ? "none" : "small" };
}

const FOLDER = "tests/conformance/peers";
const MOUNTS = "tests/conformance/mounts";

interface ServerProgram extends Omit<Facts, "role"> {
  readonly runtime: RuntimeName;
  readonly file: string;
}

const SERVERS: readonly ServerProgram[] = [
  {
    name: "server bun native-mount",
    runtime: "bun",
    file: `${MOUNTS}/bun.ts`,
    isOurs: true,
    standsOn: "server bun native",
    deflate: "all",
  },
  {
    name: "server deno native-mount",
    runtime: "deno",
    file: `${MOUNTS}/deno.ts`,
    isOurs: true,
    standsOn: "server deno native",
    deflate: "none",
  },
  {
    name: "server ws",
    runtime: "node24",
    file: `${FOLDER}/ws_server.ts`,
    isOurs: false,
    deflate: "all",
  },
  {
    name: "server bun native",
    runtime: "bun",
    file: `${FOLDER}/bun_server.ts`,
    isOurs: false,
    deflate: "all",
  },
  {
    name: "server deno native",
    runtime: "deno",
    file: `${FOLDER}/deno_server.ts`,
    isOurs: false,
    deflate: "none",
  },
];

async function serverTarget({ runtime, file, ...facts }: ServerProgram): Promise<Target> {
  return withLimit({ ...facts, role: "server" }, await onRuntime(runtime, file));
}

async function peerClient(library: "ws" | "native", runtime: RuntimeName): Promise<Target> {
  const command = withArguments(await onRuntime(runtime, `${FOLDER}/client.ts`), library);
  return {
    name: library === "ws" ? "client ws" : `client ${runtime} native`,
    role: "client",
    isOurs: false,
    deflate: library === "native" && runtime === "deno" ? "none" : "all",
    forOwn: command,
    forLarge: command,
  };
}

/** All targets, after installing what they need: ours, ours on the platform's frames, others. */
export async function prepareTargets(): Promise<readonly Target[]> {
  await installWs();
  const ours = (await Promise.all(RUNTIMES.map(ourTargets))).flat();
  const others = await Promise.all([
    ...SERVERS.map(serverTarget),
    peerClient("ws", "node24"),
    peerClient("native", "node24"),
    peerClient("native", "bun"),
    peerClient("native", "deno"),
  ]);
  const all = [...ours, ...others];
  const pick = (isOurs: boolean, role: Target["role"]) =>
    all.filter((target) => target.isOurs === isOurs && target.role === role);
  return [
    ...pick(true, "server"),
    ...pick(true, "client"),
    ...pick(false, "server"),
    ...pick(false, "client"),
  ];
}
