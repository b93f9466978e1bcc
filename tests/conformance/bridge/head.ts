/**
 * Heads of HTTP/1.1 as a bridge reads them, and the header fields that HTTP/2 has for them.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";

/** The first line of a head, and its fields, whose names are in small letters. */
export interface Head {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Fields of HTTP/1.1 alone (RFC 9113 section 8.2.2), and the key, which HTTP/2 has no use for
 * (RFC 8441 section 5).
 */
const LEFT_OUT = new Set([
  "host",
  "connection",
  "upgrade",
  "keep-alive",
  "transfer-encoding",
  "sec-websocket-key",
  "sec-websocket-accept",
]);

/** Reads a head; what follows it stays in the socket. `null` if the socket ends before. */
export function readHead(socket: Socket): Promise<Head | null> {
  return new Promise((resolve) => {
    let text = "";
    const leave = (head: Head | null): void => {
      socket.off("readable", look);
      socket.off("close", onClose);
      resolve(head);
    };
    const onClose = (): void => leave(null);
    const look = (): void => {
      const chunk: Uint8Array | null = socket.read();
      if (chunk === null) return;
      text += new TextDecoder("latin1").decode(chunk);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const rest = text.length - end - 4;
      if (rest > 0) socket.unshift(chunk.subarray(chunk.length - rest));
      leave(parseHead(text.slice(0, end)));
    };
    socket.on("readable", look);
    socket.on("close", onClose);
  });
}

function parseHead(text: string): Head {
  const [line = "", ...lines] = text.split("\r\n");
  const fields: Record<string, string> = {};
  for (const each of lines) {
    const colon = each.indexOf(":"), name = each.slice(0, colon).toLowerCase();
    const value = each.slice(colon + 1).trim();
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value;
  }
  return { line, fields };
}

/** The fields that both versions have, for HTTP/2. */
export function toHttp2({ fields }: Head): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !LEFT_OUT.has(name)));
}

/** The fields that both versions have, as lines of HTTP/1.1. */
export function toLines(headers: IncomingHttpHeaders): string {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(":") && !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
}
