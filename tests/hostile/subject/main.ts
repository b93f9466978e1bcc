/**
 * The program under test: `main.ts ADAPTER OPTIONS`, with the options of `serve` as JSON
 * (`thinkMs` and `routes` beside them). It is a server on one adapter of this library, and
 * ends with its standard input.
 *
 * @module
 */
import process from "node:process";
import { routes, type ServeOptions } from "../../../mod.ts";
import { ADAPTERS } from "./adapters.ts";
import { answerBy } from "./fetch.ts";
import { produceBy } from "./handlers.ts";
import { Notes, obey, say } from "./notes.ts";

/** Options that JSON cannot hold, and those of the program itself. */
interface Extra {
  /** Answers of `allowedOrigins`, which are then a function's. */
  readonly origins?: "async refuses" | "text";
  /** Patterns that all lead to an echo. */
  readonly routes?: readonly string[];
  readonly thinkMs?: number;
}

const [name = "", json = "{}"] = process.argv.slice(2);
const { routes: patterns, thinkMs = 0, origins, ...rest }: ServeOptions & Extra = JSON.parse(json);
const start = ADAPTERS[name];
if (start === undefined) {
  throw new Error(`adapter: one of ${Object.keys(ADAPTERS).join(", ")}, not ${name}`);
}

const notes = new Notes();
const producer = produceBy(notes);
const options: ServeOptions = { ...rest, onError: (error) => notes.error(error) };
// What the types refuse, and JavaScript does all the same.
if (origins === "async refuses") options.allowedOrigins = (() => Promise.resolve(false)) as never;
if (origins === "text") options.allowedOrigins = (() => "no") as never;

const ECHO = {
  message: (connection: { send(message: string): Promise<void> }, message: unknown) =>
    connection.send(message as string),
};
const handler = patterns === undefined
  ? producer
  : routes(Object.fromEntries(patterns.map((pattern) => [pattern, ECHO])));
const running = await start({ options, handler, thinkMs, fetch: answerBy(notes) });
notes.countConnections = () => running.countConnections();
obey({ notes, close: (timeoutMs) => running.close(timeoutMs) });
say({ listening: running.port });
