// Express with sessions, its page, and a WebSocket that knows the session. Behind nginx on the path
// /app/.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import express from "express";
import session from "express-session";
import process from "node:process";
import { mount } from "@fullduplex/websocket/node";

/** Sessions in a file, because they are to outlive the process. */
class FileStore extends session.Store {
  #all = existsSync("sessions.json") ? JSON.parse(readFileSync("sessions.json", "utf8")) : {};
  get(id, done) {
    done(null, this.#all[id]);
  }
  set(id, value, done) {
    this.#all[id] = value;
    writeFileSync("sessions.json", JSON.stringify(this.#all));
    done?.();
  }
}

const app = express();
const sessions = session({
  secret: "first hour",
  resave: false,
  saveUninitialized: false,
  store: new FileStore(),
});
app.use(sessions);
app.get("/", (request, response) => {
  request.session.user = "visitor";
  response.send('<!doctype html><body><script type="module" src="page.js"></script>');
});
app.get("/page.js", (_request, response) => response.sendFile("page.js", { root: "." }));
app.use("/websocket", express.static("node_modules/@fullduplex/websocket")); // a bundler does this

const chat = mount({ match: "/chat", trustedProxies: ["127.0.0.1"] }, {
  open: (connection) => connection.send(`hello ${connection.context}`),
  message: (connection, message) => connection.send(message),
});
const server = app.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
server.on("upgrade", (request, socket, head) => {
  sessions(request, {}, () => {
    chat.upgrade(request, socket, head, { context: request.session.user ?? "stranger" });
  });
});
process.once("SIGTERM", async () => {
  await chat.close({ timeoutMs: 3_000 });
  server.close(() => process.exit(0));
  server.closeAllConnections?.();
});
