/**
 * WebSocket routes of `express` as `express-ws` mounts them: the upgrade is accepted first, and
 * then runs through the application's middleware and routers like any request.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { WebSocket } from "../../../src/ws/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { listen, loadWs } from "./load_ws.ts";

interface Request extends IncomingMessage {
  ws?: WebSocket;
  user?: string;
  params: Readonly<Record<string, string>>;
}
type Handler = (
  request: Request,
  response: { send(body: string): void; status(code: number): { end(): void } },
  next: () => void,
) => void;
interface Router {
  get(path: string, ...handlers: Handler[]): void;
  use(...handlers: (Handler | Router | string)[]): void;
}
interface App extends Router {
  (request: IncomingMessage, response: ServerResponse): void;
}
type Express = (() => App) & { Router(): Router };

/** A route for WebSockets. */
function ws(handler: (socket: WebSocket, request: Request) => void): Handler {
  return (request, _response, next) => request.ws ? handler(request.ws, request) : next();
}

await runProgram(async () => {
  const { WebSocket, WebSocketServer } = await loadWs();
  const { default: express } = await loadPackage<{ default: Express }>("express");
  const app = express(), chat = express.Router();
  app.use((request, response, next) => {
    const user = request.headers["x-user"];
    if (typeof user !== "string") {
      if (request.ws) return request.ws.close(4401, "who are you?");
      return response.status(401).end();
    }
    request.user = user;
    next();
  });
  app.get("/echo", ws((socket) => socket.on("message", (data) => socket.send(data.toString()))));
  app.get("/echo", (_request, response) => response.send("over HTTP"));
  chat.get(
    "/:room",
    ws((socket, request) => socket.send(`${request.user} in ${request.params.room}`)),
  );
  app.use("/chat", chat);
  app.use((request, _response, next) => request.ws ? request.ws.close(4404) : next());

  const http: Server = createServer(app);
  const wss = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request: Request, socket, head) => {
    wss.handleUpgrade(request, socket, head, (client) => {
      request.ws = client;
      app(request, new ServerResponse(request));
    });
  });
  const place = await listen(http);
  const open = (path: string, user?: string): WebSocket =>
    new WebSocket(
      `ws://${place}${path}`,
      user === undefined ? {} : { headers: { "x-user": user } },
    );

  const echo = open("/echo", "me");
  await once(echo, "open");
  echo.send("over a WebSocket");
  assert.equal(String((await once(echo, "message"))[0]), "over a WebSocket");
  const room = open("/chat/blue", "me");
  assert.equal(String((await once(room, "message"))[0]), "me in blue");
  assert.equal((await once(open("/elsewhere", "me"), "close"))[0], 4404);
  assert.equal((await once(open("/echo"), "close"))[0], 4401);
  const answer = await fetch(`http://${place}/echo`, { headers: { "x-user": "me" } });
  assert.equal(await answer.text(), "over HTTP");
  echo.close();
  room.close();
  http.close();
});
