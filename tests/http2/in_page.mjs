/**
 * What the page does. It is sent to the browser as text.
 *
 * @module
 */

/**
 * Opens connections, exchanges messages on each, closes a few, and waits until the server ends the
 * others.
 *
 * @param {number} count
 */
export async function converse(count) {
  const next = (socket, event) =>
    new Promise((resolve, reject) => {
      socket.addEventListener(event, resolve, { once: true });
      const fail = ({ code }) => reject(new Error(`closed with ${code} before ${event}`));
      if (event !== "close") socket.addEventListener("close", fail, { once: true });
    });
  const endOf = async (socket) => {
    const { code, reason, wasClean } = await next(socket, "close");
    return `${code} ${reason} ${wasClean}`;
  };
  const open = () => new WebSocket(location.href.replace("http", "ws"));
  const sockets = Array.from({ length: count }, open);
  await Promise.all(sockets.map((socket) => next(socket, "open")));
  const echoes = await Promise.all(sockets.map(async (socket, index) => {
    socket.binaryType = "arraybuffer";
    socket.send(`text ${index}`);
    const text = (await next(socket, "message")).data;
    socket.send(new Uint8Array(1000).fill(index));
    const { data } = await next(socket, "message");
    const isSame = new Uint8Array(data).every((byte) => byte === index % 256);
    return text === `text ${index}` && data.byteLength === 1000 && isSame;
  }));
  sockets[0].send(new Uint8Array(8 * 1024 * 1024));
  const large = (await next(sockets[0], "message")).data.byteLength;
  const [ours, theirs, ...others] = sockets;
  const [{ nextHopProtocol }] = performance.getEntriesByType("navigation");
  const seen = { nextHopProtocol, extensions: ours.extensions, large };
  const ends = [endOf(ours), endOf(theirs)];
  ours.close(4001, "the page's");
  theirs.send("close");
  const drained = others.map(endOf);
  const [pagesEnd, serversEnd] = await Promise.all(ends);
  others[0].send("drain");
  return {
    ...seen,
    echoes: echoes.filter(Boolean).length,
    pagesEnd,
    serversEnd,
    drained: [...new Set(await Promise.all(drained))],
  };
}
