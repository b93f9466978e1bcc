/**
 * Echo server of Deno's own: `Deno.serve` and `Deno.upgradeWebSocket`. `--tls` is `wss:`.
 *
 * @module
 */
const isTls = Deno.args.includes("--tls");
const scheme = isTls ? "wss" : "ws";
const certificate = isTls ? (await import("./tls.ts")).CERTIFICATE : {};
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  ...certificate,
  onListen: ({ port }) => console.log(`listening ${scheme}://127.0.0.1:${port}`),
}, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => socket.send(data);
  socket.onerror = () => {};
  return response;
});
