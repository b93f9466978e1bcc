/**
 * A socket of `node:net` as a duplex of Web Streams. Node's own `Duplex.toWeb` closes the
 * readable side only when the writable one is closed too (22.23).
 *
 * @module
 */
import type { Socket } from "node:net";
import type { ReadableWritablePair } from "../../src/runtime/web/mod.ts";

/** Makes the streams; the socket must allow half open connections. */
export function toDuplex(socket: Socket): ReadableWritablePair {
  let isReading = true;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      const finish = (how: () => void): void => {
        if (isReading) how();
        isReading = false;
      };
      socket.on("data", (chunk) => {
        socket.pause();
        controller.enqueue(chunk);
      });
      socket.once("end", () => finish(() => controller.close()));
      socket.on("error", (error) => finish(() => controller.error(error)));
      socket.once("close", () => finish(() => controller.error(new Error("closed"))));
      socket.pause();
    },
    pull: () => void socket.resume(),
    cancel() {
      isReading = false;
      socket.destroy();
    },
  }, { highWaterMark: 0 });
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      socket.on("error", (error) => controller.error(error));
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        socket.write(chunk, (error) => error ? reject(error) : resolve());
      }),
    close: () => new Promise((resolve) => void socket.end(resolve)),
    abort: () => void socket.destroy(),
  });
  return { readable, writable };
}
