/**
 * `check`: sends valid and invalid bytes to a server and prints one verdict a line.
 *
 * @module
 */
import { makeKey } from "../handshake/accept_key.ts";
import { makeUpgradeRequest } from "../handshake/client_handshake.ts";
import { connect } from "../../mod.ts";
import { type CommandLine, UsageError } from "./arguments.ts";
import { CHECK_CASES, type CheckCase } from "./check_cases.ts";
import { toConnectOptions } from "./connect_options.ts";
import { describeError } from "./hints.ts";
import { type CheckTarget, openSocket, readCheckTarget } from "./raw_socket.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds to wait for an answer. */
const PATIENCE_MS = 3_000;

/** Runs the command. Returns its exit code. */
export async function runCheck({ url, flags }: CommandLine, terminal: Terminal): Promise<number> {
  if (flags.proxy !== undefined) throw new UsageError("check: connects without a proxy");
  const options = await toConnectOptions(flags), target = readCheckTarget(url, options);
  try {
    const connection = await connect(url, { ...options, proxy: null, compression: true });
    const { extensions, protocol } = connection;
    terminal.print(`ok    the opening handshake (RFC 6455 4.2.2)`);
    terminal.print(`info  compression: ${extensions === "" ? "not agreed on" : extensions}`);
    if (protocol !== "") terminal.print(`info  subprotocol: ${protocol}`);
    await connection.close();
  } catch (error) {
    terminal.note(describeError(error));
    return 1;
  }
  let wrong = 0;
  for (const checkCase of CHECK_CASES) {
    const answer = await ask(target, checkCase.bytes);
    const isRight = fits(answer, checkCase);
    if (!isRight) wrong++;
    const line = `${isRight ? "ok   " : "WRONG"} ${checkCase.name} (RFC 6455 ${checkCase.section})`;
    terminal.print(isRight ? line : `${line}: ${describe(answer)}`);
  }
  terminal.print(`${CHECK_CASES.length - wrong} of ${CHECK_CASES.length} as RFC 6455 asks`);
  return wrong === 0 ? 0 : 1;
}

/** Bytes after the response's head, and whether the server ended the connection. */
interface Answer {
  readonly bytes: Uint8Array;
  readonly hasEnded: boolean;
}

/** Opens a connection of its own and sends the bytes after the handshake. */
async function ask(target: CheckTarget, bytes: Uint8Array): Promise<Answer> {
  const { url, options: { headers, protocols } } = target;
  const socket = openSocket(target);
  const key = makeKey(crypto.getRandomValues(new Uint8Array(16)));
  const request = makeUpgradeRequest({ url, protocols, headers, key });
  return await new Promise((resolve) => {
    let text = "", hasSent = false;
    const finish = (hasEnded: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      const body = text.slice(text.indexOf("\r\n\r\n") + 4);
      resolve({ bytes: Uint8Array.from(body, (char) => char.charCodeAt(0)), hasEnded });
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    socket.on("data", (chunk: Uint8Array) => {
      text += Array.from(chunk, (byte) => String.fromCharCode(byte)).join("");
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0 && !hasSent) {
        hasSent = true;
        socket.write(bytes);
      }
      // A pong completes the answer. After a Close the end of the connection is awaited.
      if (end >= 0 && text.charCodeAt(end + 4) === 0x8a) finish(false);
    });
    socket.on("error", () => finish(true));
    socket.on("close", () => finish(true));
    socket.on("end", () => finish(true));
    socket.write(request.bytes);
  });
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

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
