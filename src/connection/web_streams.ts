/**
 * The Web Streams of a connection.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { WebSocketError } from "../errors.ts";

/**
 * Makes the stream of a connection's messages. It errors unless the connection was closed cleanly,
 * so that a pipe does not mistake a lost connection for the end of the data.
 */
export function makeReadable(connection: WebSocketConnection): ReadableStream<Message> {
  return new ReadableStream<Message>({
    async pull(controller) {
      const message = await connection.read();
      if (message !== null) return controller.enqueue(message);
      const { wasClean, cause } = await connection.closed;
      if (wasClean) controller.close();
      else controller.error(cause);
    },
    async cancel() {
      await connection.close();
    },
  }, { highWaterMark: 0 }); // 0, because the connection itself reads ahead
}

/**
 * Makes a stream that sends each chunk as a message. Closing it closes the connection with 1000;
 * aborting it drops the transport.
 */
export function makeWritable(connection: WebSocketConnection): WritableStream<Message> {
  return new WritableStream<Message>({
    start(controller) {
      connection.closed.then(({ cause }) => {
        controller.error(cause ?? new WebSocketError("ERR_CLOSED", "the connection is closed"));
      });
    },
    write: (message) => connection.send(message),
    async close() {
      await connection.close();
    },
    abort: (reason) => connection.abort(reason),
  });
}
