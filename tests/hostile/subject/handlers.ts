/**
 * Handlers for the program under test, chosen by the path of the request.
 *
 * @module
 */
import type { HandlerProducer, Message, WebSocketHandler } from "../../../mod.ts";
import type { Notes } from "./notes.ts";

const MIB = 1_048_576;
const PIECE = new Uint8Array(64 * 1024);

/** Milliseconds by a timer. */
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Handlers by name; each behind the path `/name`. */
function handlersOf(notes: Notes): Record<string, WebSocketHandler> {
  return {
    echo: { message: (connection, message) => connection.send(message) },
    session: {
      async session(connection) {
        for await (const message of connection) await connection.send(message);
      },
    },
    /** Neither reads nor sends. */
    idle: { session: async (connection) => void await connection.closed },
    /** Takes all and does nothing. */
    sink: { message() {} },
    /** Sends for as long as it can, and never reads. */
    sender: {
      async session(connection) {
        for (;;) {
          await connection.send(PIECE);
          await sleep(1);
        }
      },
    },
    /** A handler at work: its answer takes a while. */
    worker: {
      async message(connection) {
        await sleep(300);
        await connection.send("answer");
        notes.note("answered");
      },
    },
    /** Holds every message for longer than any case takes. */
    stuck: { message: () => sleep(60_000) },
    /** Reads one message as it arrives, slowly. */
    stream: {
      async session(connection) {
        const message = await connection.readStream();
        if (message === null) return;
        for await (const _ of message.readable as ReadableStream<Message>) await sleep(50);
      },
    },
    /** Says at once how many lines of cookies it sees. */
    cookies: {
      open: (connection, request) => connection.send(request.headers.get("cookie") ?? "none"),
    },
    /** Sends 12 MiB as fast as it is let, each awaited, then closes. */
    bulk: {
      async session(connection) {
        for (let i = 0; i < 12 * MIB / PIECE.length; i++) await connection.send(PIECE);
        notes.note("sent");
        const { code, wasClean } = await connection.close();
        notes.note(`closed ${code} ${wasClean ? "clean" : "unclean"}`);
      },
    },
    /** Sends texts whose parts end in the middle of a character. */
    cut: {
      async session(connection) {
        await connection.send("a\ud83d", { final: false });
        await connection.send("\ude00b");
        async function* parts(): AsyncGenerator<string> {
          yield "a\ud83d";
          yield "\ude00b";
        }
        await connection.send(parts());
        await connection.closed;
      },
    },
  };
}

/** One handler, whose life is counted. */
export function handlerNamed(notes: Notes, name: string): WebSocketHandler {
  const handler = handlersOf(notes)[name];
  if (handler === undefined) throw new Error(`no handler ${name}`);
  return count(notes, handler);
}

/** Chooses by path, after as long as the query's `wait` says; counts what opens and closes. */
export function produceBy(notes: Notes): HandlerProducer {
  const handlers = handlersOf(notes);
  const counted = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, count(notes, handler)]),
  );
  return (request) => {
    const url = new URL(request.url);
    const handler = counted[url.pathname.slice(1) || "echo"] ?? null;
    const wait = Number(url.searchParams.get("wait"));
    return wait > 0 ? sleep(wait).then(() => handler) : handler;
  };
}

/** The same handler, whose life is counted. */
export function count(notes: Notes, handler: WebSocketHandler): WebSocketHandler {
  return {
    ...handler,
    open(connection, request) {
      notes.opened++;
      return handler.open?.(connection, request);
    },
    close: (_connection, closing) => notes.end(closing),
  };
}
