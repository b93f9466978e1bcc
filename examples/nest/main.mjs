// NestJS on our adapter. Decorators are called by hand here, so that nothing has to be compiled.
import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import process from "node:process";
import { Adapter } from "./adapter.mjs";

class Pages {
  page() {
    return "a page\n";
  }
}
class Chat {
  say(_connection, data) {
    return { event: "said", data };
  }
}
class App {}
const decorate = (decorator, { prototype }, name) =>
  decorator(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
decorate(Get(), Pages, "page");
Controller()(Pages);
decorate(SubscribeMessage("say"), Chat, "say");
WebSocketGateway({ path: "/chat" })(Chat);
Module({ controllers: [Pages], providers: [Chat] })(App);

const app = await NestFactory.create(App, { logger: ["error"] });
app.useWebSocketAdapter(new Adapter(app));
await app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
console.log(`listening http://127.0.0.1:${app.getHttpServer().address().port}`);
