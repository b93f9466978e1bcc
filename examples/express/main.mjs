// Express with sessions: the session's user reaches the handler as `context`.
import express from "express";
import session from "express-session";
import process from "node:process";
import { mount } from "@fullduplex/websocket/node";

const app = express();
const sessions = session({ secret: "change me", resave: false, saveUninitialized: true });
app.use(sessions);
app.get("/", (request, response) => {
  request.session.user = "alice";
  response.send("a page\n");
});

const chat = mount({ match: "/chat" }, {
  open: (connection) => connection.send(`hello ${connection.context}`),
  message: (connection, message) => connection.send(message),
});

const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`listening http://127.0.0.1:${server.address().port}`);
});
server.on("upgrade", (request, socket, head) => {
  sessions(request, {}, () => {
    chat.upgrade(request, socket, head, { context: request.session.user ?? "stranger" });
  });
});
