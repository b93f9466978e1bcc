/**
 * A file goes up as one message in parts, no faster than it is taken in; both ends know how far it
 * is.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket".
import { connect, type SessionHandler } from "../../mod.ts";

/** A part of the file. (The parts of `file.stream()` may be as large as the file.) */
const PART_BYTES = 64 * 1024;

/**
 * Sends a file. `send` takes a part from `counted` only when there is room for it: so the count is
 * true.
 */
export async function upload(
  url: string | URL,
  file: Blob,
  onProgress: (sent: number) => void,
): Promise<string | null> {
  const connection = await connect(url);
  async function* counted(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < file.size; onProgress(sent)) {
      const part = new Uint8Array(await file.slice(sent, sent + PART_BYTES).arrayBuffer());
      yield part;
      sent += part.length;
    }
  }
  await connection.send(counted());
  const answer = await connection.readText();
  await connection.close();
  return answer;
}

/** Receives files, and gives each part to `store`, which may be slow: the sender waits for it. */
export function receiveUploads(store: (part: Uint8Array) => Promise<void>): SessionHandler {
  return {
    async session(connection) {
      const message = await connection.readStream();
      if (message?.type !== "binary") return void connection.close(1003, "a file, please");
      let stored = 0;
      for await (const part of message.readable) {
        await store(part);
        stored += part.length;
      }
      await connection.send(`${stored} bytes`);
      await connection.closed;
    },
  };
}
