/** An echo server whose connections are resumable for clients that ask for it. @module */
import { serve } from "../../../mod.ts";
import { resumable } from "../../../src/resume/mod.ts";

const handler = resumable({ message: (connection, message) => void connection.send(message) });
const { address } = await serve({}, handler);
console.log(`listening ws://127.0.0.1:${"port" in address ? address.port : 0}`);
