/**
 * `serve`: an echo server or a chat server, for trying clients.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { ServeOptions } from "../server/serve_options.ts";
import type { MessageHandler, SendingConnection } from "../handler.ts";
import { serve } from "../../mod.ts";
import { type CommandLine, type Flags, readNumber, UsageError } from "./arguments.ts";
import { describeEnd } from "./hints.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command until it is interrupted. Returns its exit code. */
export async function runServe({ flags }: CommandLine, terminal: Terminal): Promise<number> {
  if (flags.echo && flags.chat) throw new UsageError("serve: --echo or --chat, not both");
  const options = await toServeOptions(flags);
  const server = await serve({
    ...options,
    allowedOrigins: "any", // it is usually tried from pages on other ports
    compression: true,
    onRefuse: ({ status, reason }) => terminal.note(`refused with ${status}: ${reason.trim()}`),
  }, flags.chat ? makeChat(terminal) : makeEcho(terminal));
  terminal.print(`listening ${server.url}`);
  await new Promise<void>((resolve) => terminal.onInterrupt(resolve));
  await server.close({ timeoutMs: 2_000 });
  terminal.close();
  return 0;
}

async function toServeOptions(flags: Flags): Promise<ServeOptions> {
  const { host: hostname, cert, key } = flags, port = readNumber("port", flags.port, 0);
  if (!flags.tls) return { hostname, port };
  if (cert === undefined || key === undefined) {
    throw new UsageError("serve: --tls needs --cert FILE and --key FILE");
  }
  const tls = { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
  return { hostname, port, tls };
}

function makeEcho(terminal: Terminal): MessageHandler {
  return {
    open: (connection) => terminal.note(`${nameOf(connection)} is there`),
    message: (connection, message) => connection.send(message),
    close: (connection, end) =>
      terminal.note(`${nameOf(connection)}: ${describeEnd(end, { peer: "the client" })}`),
  };
}

function makeChat(terminal: Terminal): MessageHandler {
  const all = new Set<SendingConnection>();
  const tell = (text: string): void => {
    for (const connection of all) void connection.send(text);
  };
  return {
    open(connection) {
      all.add(connection);
      terminal.note(`${nameOf(connection)} is there`);
      tell(`${nameOf(connection)} is there`);
    },
    message: (connection, message) => tell(`${nameOf(connection)}: ${message}`),
    close(connection) {
      all.delete(connection);
      tell(`${nameOf(connection)} has left`);
    },
  };
}

function nameOf({ remoteAddress }: SendingConnection): string {
  return remoteAddress?.transport === "tcp"
    ? `${remoteAddress.hostname}:${remoteAddress.port}`
    : "somewhere";
}
