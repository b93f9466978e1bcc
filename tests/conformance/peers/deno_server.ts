/** Echo server of Deno's own: `Deno.serve` and `Deno.upgradeWebSocket`. @module */
Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`listening ws://127.0.0.1:${port}`),
}, (request) => {
  try {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  } catch (error) {
    return new Response(String(error), { status: 400 }); // as its manual does
  }
});
