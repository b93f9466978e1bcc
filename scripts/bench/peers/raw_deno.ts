/** TCP echo on `Deno.listen`: the upper limit for any server on it. `--tls` is over TLS. @module */

async function echo(socket: Deno.TcpConn | Deno.TlsConn): Promise<void> {
  if ("setNoDelay" in socket) socket.setNoDelay(true); // not there with TLS
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await socket.read(buffer);
    if (length === null) return socket.close();
    for (let at = 0; at < length;) at += await socket.write(buffer.subarray(at, length));
  }
}

const options = { hostname: "127.0.0.1", port: 0 };
const isTls = Deno.args.includes("--tls");
const listener = isTls
  ? Deno.listenTls({ ...options, ...(await import("./tls.ts")).CERTIFICATE })
  : Deno.listen(options);
console.log(`listening ${isTls ? "wss" : "ws"}://127.0.0.1:${listener.addr.port}`);
for await (const socket of listener) echo(socket).catch(() => {});
