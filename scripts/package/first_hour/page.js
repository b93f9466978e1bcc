// A page that stays connected, and shows what it hears.
import { reconnecting } from "./websocket/src/reconnecting/web.js";

const show = (text) =>
  document.body.append(Object.assign(document.createElement("p"), { textContent: text }));
for await (const connection of reconnecting(new URL("chat", location))) {
  show(await connection.readText());
  await connection.send("again");
  await connection.readText();
  const { code, reason } = await connection.closed;
  show(`lost: ${code} ${reason}`);
}
