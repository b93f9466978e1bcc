/**
 * The server of `out_of_files_test.ts`: answers with the number of errors that it was told.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../mod.ts";

// Deno 2.9.6 panics when it sets up its signals while no file is left (ext/signals/lib.rs:58).
process.once("SIGTERM", () => process.exit(0));
const errors: unknown[] = [];
const fetch = process.argv.includes("fetch") ? () => new Response("hello\n") : undefined;
const server = await serve({ fetch, onError: (error) => void errors.push(error) }, {
  message: (connection) => connection.send(`${errors.length} ${errors[0] ?? ""}`),
});
console.log(`listening ${server.port}`);
