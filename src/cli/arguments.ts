/**
 * The commands and their flags.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** The text of `--help`; it fits a screen of 24 lines. */
export const HELP = `usage: websocket [connect] URL [flags]     type and see
       websocket serve [flags]             a server to try things with
       websocket bench URL [flags]         load on a server that echoes
       websocket check URL                 what a server answers to right and wrong bytes

connect  -H, --header "Name: value"   -p, --protocol NAME   --ping SECONDS   --json
         --reconnect   --resume   --compress   --wait SECONDS (after piped input)
         --proxy URL   --redirects 0   --family 4 | 6
         --ca FILE   --cert FILE --key FILE   --insecure
         in a terminal: /ping   /close [CODE [REASON]]   /hex 00ff   /help
serve    --port 8080   --host 127.0.0.1   --echo | --chat   --tls --cert FILE --key FILE
bench    --connections 10   --in-flight 1   --size 64   --duration 5   --text   --json

exit     0 closed in order   1 no connection, or not in order   2 wrong usage
`;

/** Flags of all commands. Each command reads its own. */
const FLAGS = {
  help: { type: "boolean", short: "h", default: false },
  json: { type: "boolean", default: false },
  header: { type: "string", short: "H", multiple: true, default: [] as string[] },
  protocol: { type: "string", short: "p", multiple: true, default: [] as string[] },
  ping: { type: "string" },
  compress: { type: "boolean", default: false },
  reconnect: { type: "boolean", default: false },
  resume: { type: "boolean", default: false },
  redirects: { type: "string", default: "0" },
  family: { type: "string" },
  proxy: { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean", default: false },
  wait: { type: "string", default: "1" },
  port: { type: "string", default: "8080" },
  host: { type: "string", default: "127.0.0.1" },
  echo: { type: "boolean", default: false },
  chat: { type: "boolean", default: false },
  tls: { type: "boolean", default: false },
  cert: { type: "string" },
  key: { type: "string" },
  connections: { type: "string", default: "10" },
  "in-flight": { type: "string", default: "1" },
  size: { type: "string", default: "64" },
  duration: { type: "string", default: "5" },
  text: { type: "boolean", default: false },
} as const;

/** The flags of a command line, by name. */
export type Flags = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>["values"];

/** A parsed command line. */
export interface CommandLine {
  readonly command: "connect" | "serve" | "bench" | "check" | "help";
  readonly url: string;
  readonly flags: Flags;
}

/** The error of an invalid command line. The message says what is wrong. */
export class UsageError extends Error {}

/** Reads a command line. Throws a {@linkcode UsageError}. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values: flags, positionals } = parse(args);
  const [first = "", ...others] = positionals;
  if (flags.help || first === "help" || first === "") {
    return { command: "help", url: "", flags };
  }
  if (first === "serve") {
    if (others.length > 0) throw new UsageError(`serve takes no ${others[0]}`);
    return { command: "serve", url: "", flags };
  }
  const isNamed = first === "connect" || first === "bench" || first === "check";
  const command = isNamed ? first : "connect";
  const [url, ...surplus] = isNamed ? others : positionals;
  if (url === undefined) throw new UsageError(`${command}: the URL is missing`);
  if (surplus.length > 0) throw new UsageError(`${command}: one URL, not ${surplus[0]} as well`);
  return { command, url: withScheme(url), flags };
}

function parse(args: readonly string[]): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Adds `ws://` to a URL without a scheme, because people type `localhost:8080`. */
function withScheme(url: string): string {
  return /^(?:wss?|https?)(?:\+unix)?:/i.test(url) ? url : `ws://${url}`;
}

/** Reads a flag's number, which must be at least `least`. */
export function readNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least) return value;
  throw new UsageError(`--${flag}: must be a number of at least ${least}, not ${text}`);
}
