// A WebSocketAdapter of NestJS: gateways run on connections of ours, on Nest's own HTTP server.
import { mount } from "@fullduplex/websocket/node";

export class Adapter {
  constructor(app) {
    this.http = app.getHttpServer();
  }
  create(_port, { path = "/" } = {}) {
    const server = { onConnection: () => {} };
    server.mount = mount({ match: path }, {
      async session(connection) {
        server.onConnection(connection);
        await connection.closed;
      },
    });
    this.http.on("upgrade", server.mount.upgrade);
    return server;
  }
  bindClientConnect(server, onConnection) {
    server.onConnection = onConnection;
  }
  bindClientDisconnect = (connection, onEnd) => connection.closed.then(onEnd);
  async bindMessageHandlers(connection, handlers, transform) {
    for await (const text of connection) {
      const { event, data } = JSON.parse(text);
      const answers = handlers.find(({ message }) => message === event)?.callback(data, event);
      transform(answers ?? []).subscribe((answer) => connection.send(JSON.stringify(answer)));
    }
  }
  close = (server) => server.mount.close();
  dispose() {}
}
