/** An echo server. With `observed` as its argument, everything is counted by `collect`. @module */
import process from "node:process";
import { serve } from "../../../mod.ts";
import { collect } from "../../../src/observe/mod.ts";

const server = await serve({}, { message: (connection, message) => connection.send(message) });
if (process.argv.includes("observed")) collect(server);
console.log(`listening ${server.url}`);
