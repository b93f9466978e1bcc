/** TCP echo on `Deno.listen`: the upper limit for any server on it. @module */

async function echo(socket: Deno.TcpConn): Promise<void> {
  socket.setNoDelay(true);
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await socket.read(buffer);
    if (length === null) return socket.close();
    for (let at = 0; at < length;) at += await socket.write(buffer.subarray(at, length));
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(`listening ws://127.0.0.1:${listener.addr.port}`);
for await (const socket of listener) echo(socket).catch(() => {});
