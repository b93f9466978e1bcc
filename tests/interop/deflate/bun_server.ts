/** `Bun.serve` with each way to compress that it has. @module */
type Compressor = boolean | "shared" | "dedicated" | "3KB" | "32KB" | "256KB";

interface BunSocket {
  send(message: string | Uint8Array, compress: boolean): number;
}

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
      perMessageDeflate: boolean | { compress: Compressor; decompress: Compressor };
      message(socket: BunSocket, message: string | Uint8Array): void;
    };
  }): BunServer;
};

const WAYS = {
  "-,15,15": true,
  "shared,15,15": { compress: "shared", decompress: "shared" },
  dedicated: { compress: "dedicated", decompress: "dedicated" },
  "3KB": { compress: "3KB", decompress: "shared" },
  "32KB": { compress: "32KB", decompress: "dedicated" },
} as const;

const urls: Record<string, string> = {};
for (const [name, perMessageDeflate] of Object.entries(WAYS)) {
  const { port } = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => server.upgrade(request) ? undefined : Response.json(urls),
    websocket: { perMessageDeflate, message: (socket, message) => void socket.send(message, true) },
  });
  urls[name] = `ws://127.0.0.1:${port}`;
}
console.log(`listening ${Object.values(urls)[0]}`);
