/** Echo server on our `./hooks`, as `crossws.ts` is on npm's `crossws`. @module */
import { serve } from "../../../mod.ts";
import { fromHooks } from "../../../src/hooks/mod.ts";

const hooks = fromHooks({
  message: (peer, message) => void peer.send(message.rawData),
  error() {},
});
const { address } = await serve({ port: 0 }, hooks);
if (address.transport === "tcp") console.log(`listening ws://127.0.0.1:${address.port}`);
