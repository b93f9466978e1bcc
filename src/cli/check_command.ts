/**
 * `check`: sends valid and invalid bytes to a server and prints one verdict a line.
 *
 * @module
 */
import { connect } from "../../mod.ts";
import { toHex } from "../bytes.ts";
import { loadHost } from "../runtime/any/host.ts";
import { type CommandLine, UsageError } from "./arguments.ts";
import { type Answer, ask } from "./ask.ts";
import { CHECK_CASES, type CheckCase } from "./check_cases.ts";
import { toConnectOptions } from "./connect_options.ts";
import { describeError } from "./hints.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command. Returns its exit code. */
export async function runCheck({ url, flags }: CommandLine, terminal: Terminal): Promise<number> {
  if (flags.proxy !== undefined) throw new UsageError("check: connects without a proxy");
  const options = { ...await toConnectOptions(flags), proxy: null };
  try {
    const connection = await connect(url, { ...options, compression: true });
    const { extensions, protocol } = connection;
    terminal.print(`ok    the opening handshake (RFC 6455 4.2.2)`);
    terminal.print(`info  compression: ${extensions === "" ? "not agreed on" : extensions}`);
    if (protocol !== "") terminal.print(`info  subprotocol: ${protocol}`);
    await connection.close();
  } catch (error) {
    terminal.note(describeError(error));
    return 1;
  }
  const asked = { url, host: await loadHost(), options };
  let wrong = 0;
  for (const checkCase of CHECK_CASES) {
    const answer = await ask(asked, checkCase.bytes);
    const isRight = fits(answer, checkCase);
    if (!isRight) wrong++;
    const line = `${isRight ? "ok   " : "WRONG"} ${checkCase.name} (RFC 6455 ${checkCase.section})`;
    terminal.print(isRight ? line : `${line}: ${describe(answer)}`);
  }
  terminal.print(`${CHECK_CASES.length - wrong} of ${CHECK_CASES.length} as RFC 6455 asks`);
  return wrong === 0 ? 0 : 1;
}

function fits({ bytes, hasEnded }: Answer, { expected }: CheckCase): boolean {
  if ("frame" in expected) return toHex(bytes).startsWith(expected.frame);
  const code = closeCodeOf(bytes);
  // A server may also drop a connection that it fails, without a Close (RFC 6455 7.1.7).
  return code === null ? hasEnded && bytes.length === 0 : expected.failsWith.includes(code);
}

/** The code of a Close, if the bytes begin with one. */
function closeCodeOf(bytes: Uint8Array): number | null {
  const [first, length = 0, high = 0, low = 0] = bytes;
  return first === 0x88 && length >= 2 ? high * 256 + low : null;
}

function describe({ bytes, hasEnded }: Answer): string {
  const code = closeCodeOf(bytes);
  if (code !== null) return `Close with code ${code}`;
  if (bytes.length > 0) return `0x${toHex(bytes.subarray(0, 32))}`;
  return hasEnded ? "the connection was dropped" : "no answer within 3 s";
}
