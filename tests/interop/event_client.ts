/**
 * The part that all clients with the WHATWG interface share: Node's, Deno's and Bun's own
 * `WebSocket`, and that of npm's `ws`.
 *
 * @module
 */
import type { Client, Ending, Message } from "./checks.ts";

/** Waits until `socket` is open and makes a client of it. */
export async function toClient(socket: WebSocket): Promise<Client> {
  socket.binaryType = "arraybuffer";
  const messages: Message[] = [];
  let wake = (): void => {};
  socket.onmessage = ({ data }) => {
    messages.push(typeof data === "string" ? data : new Uint8Array(data));
    wake();
  };
  const closed = new Promise<Ending>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      wake();
    };
  });
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject(new Error((event as ErrorEvent).message || "no connection"));
  });
  return {
    protocol: socket.protocol,
    closed,
    send: (message) => socket.send(message as string),
    async receive() {
      while (messages.length === 0) {
        if (socket.readyState === WebSocket.CLOSED) throw new Error("closed");
        await new Promise<void>((resolve) => wake = resolve);
      }
      return messages.shift()!;
    },
    close(code, reason) {
      socket.close(code, reason);
      return closed;
    },
  };
}
