/** Echo server of Bun's own: `bun_server.ts MAX_MESSAGE_BYTES`. @module */
import process from "node:process";

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
}

declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      maxPayloadLength: number;
      backpressureLimit: number;
      perMessageDeflate: boolean;
      message(
        socket: { send(message: string | Uint8Array, compress: boolean): number },
        message: string | Uint8Array,
      ): void;
    };
  }): BunServer;
};

const { port } = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, server) =>
    server.upgrade(request) ? undefined : new Response("not an upgrade", { status: 400 }),
  websocket: {
    maxPayloadLength: Number(process.argv[2]),
    backpressureLimit: 64 * 1_048_576, // beyond the default of 16 MiB it drops messages
    perMessageDeflate: true,
    message: (socket, message) => void socket.send(message, true),
  },
});
console.log(`listening ws://127.0.0.1:${port}`);
