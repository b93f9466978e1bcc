// JSON with a schema: what does not fit is answered, what is no JSON closes the connection.
import process from "node:process";
import { z } from "zod";
import { routes, serve } from "@fullduplex/websocket";

const Move = z.object({ x: z.number(), y: z.number() });

const server = await serve(
  { port: Number(process.env.PORT ?? 8080), fetch: () => new Response("a page\n") },
  routes({
    "/moves": {
      message(connection, message) {
        let value;
        try {
          value = JSON.parse(message);
        } catch {
          return connection.close(1007, "JSON, please");
        }
        const { success, data, error } = Move.safeParse(value);
        if (!success) return connection.send(JSON.stringify({ error: error.issues[0].message }));
        return connection.send(JSON.stringify({ distance: Math.hypot(data.x, data.y) }));
      },
    },
  }),
);
console.log(`listening http://127.0.0.1:${server.port}`);
process.once("SIGTERM", () => server.close());
