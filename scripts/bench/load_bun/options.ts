/**
 * The words of the load generator, the same as those of the one in C.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** Options of the load. */
export interface LoadOptions {
  readonly mode: string;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly inFlight: number;
  readonly bytes: number;
  readonly isText: boolean;
  /** The characters of text: a key of `CONTENTS` in `frames.ts`. */
  readonly content: string;
  readonly isRaw: boolean;
  /** Bytes of each write, 0 for as many as there are. */
  readonly chunk: number;
  readonly seconds: number;
  readonly warm: number;
  readonly settle: number;
  readonly pid: number;
  readonly extensions: string | undefined;
  readonly frames: string | undefined;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): LoadOptions {
  const number = (value: string) => ({ type: "string", default: value }) as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals: [mode = ""] } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: number("0"),
      path: number("/"),
      connections: number("1"),
      "in-flight": number("1"),
      bytes: number("64"),
      chunk: number("0"),
      seconds: number("1"),
      warm: number("0.2"),
      settle: number("1.5"),
      pid: number("0"),
      text: flag,
      content: { type: "string", default: "ascii" },
      raw: flag,
      message: flag,
      extensions: { type: "string" },
      frames: { type: "string" },
    },
  });
  return {
    mode,
    port: Number(values.port),
    path: values.path,
    connections: Number(values.connections),
    inFlight: Number(values["in-flight"]),
    bytes: Number(values.bytes),
    isText: values.text,
    content: values.content,
    isRaw: values.raw,
    chunk: Number(values.chunk),
    seconds: Number(values.seconds),
    warm: Number(values.warm),
    settle: Number(values.settle),
    pid: Number(values.pid),
    extensions: values.extensions,
    frames: values.frames,
  };
}
