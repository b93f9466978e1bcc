/**
 * `connect`: sends the lines that are typed and prints the messages that arrive.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { connect } from "../reconnecting/mod.ts";
import { type CommandLine, readNumber } from "./arguments.ts";
import { toConnectOptions } from "./connect_options.ts";
import { describeEnd, describeError } from "./hints.ts";
import { Output } from "./output.ts";
import { tellAttempts } from "./tell_attempts.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command. Returns its exit code. */
export async function runConnect({ url, flags }: CommandLine, terminal: Terminal): Promise<number> {
  const output = new Output(terminal, flags.json);
  const pingMs = flags.ping === undefined ? Infinity : readNumber("ping", flags.ping, 0.1) * 1000;
  const waitMs = readNumber("wait", flags.wait, 0) * 1000;
  const options = await toConnectOptions(flags), { resume } = flags;
  let connection: WebSocketConnection;
  try {
    connection = await connect(url, {
      ...options,
      resume,
      reconnect: (flags.reconnect || resume) && tellAttempts(output, { url, resume }),
    });
  } catch (error) {
    output.error(describeError(error));
    return 1;
  }
  output.opened(url, connection);
  const timer = pingMs === Infinity ? null : setInterval(() => ping(connection, output), pingMs);
  terminal.onInterrupt(() => void connection.close());
  const typing = sendLines(connection, { terminal, output, waitMs });
  for await (const message of connection) output.received(message);
  const end = await connection.closed;
  if (timer !== null) clearInterval(timer);
  output.ended(end, describeEnd(end, { peer: "the server" }));
  terminal.close();
  await typing;
  return end.wasClean && end.code < 1002 || end.code >= 3000 ? 0 : 1;
}

/** Settings for sending lines. */
interface Typing {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Milliseconds to wait for answers after the end of piped input. */
  readonly waitMs: number;
}

async function sendLines(
  connection: WebSocketConnection,
  { terminal, output, waitMs }: Typing,
): Promise<void> {
  const isOpen = (): boolean => connection.readyState === WebSocket.OPEN;
  for await (const line of terminal.lines()) {
    if (!isOpen()) break;
    try {
      if (terminal.isInteractive && line.startsWith("/")) runTyped(line, connection, output);
      else await connection.send(line);
    } catch (error) {
      output.error(describeError(error));
    }
  }
  if (!isOpen()) return;
  if (!terminal.isInteractive) await new Promise((resolve) => setTimeout(resolve, waitMs));
  await connection.close();
}

function runTyped(line: string, connection: WebSocketConnection, output: Output): void {
  const [name, first = "", ...others] = line.slice(1).split(" ");
  if (name === "ping") ping(connection, output);
  else if (name === "close") {
    connection.close(first === "" ? 1000 : Number(first), others.join(" ")).catch((error) =>
      output.error(describeError(error))
    );
  } else if (name === "hex") {
    const bytes = fromHex(first);
    if (bytes === null) output.error("/hex takes pairs of hexadecimal digits");
    else void connection.send(bytes);
  } else {output.note(
      "/ping   /close [CODE [REASON]]   /hex 00ff   // for a line that begins with /",
    );}
  if (name?.startsWith("/")) void connection.send(line.slice(1));
}

function ping(connection: WebSocketConnection, output: Output): void {
  connection.ping().then(
    (ms) => output.note(`pong after ${ms.toFixed(1)} ms`),
    () => {}, // the connection has ended; another part of the program reports it
  );
}

function fromHex(text: string): Message | null {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
