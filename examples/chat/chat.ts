/**
 * A chat: rooms, names, who is here. The same file on Deno, Bun and Node, in one process or in
 * several that share an engine.
 *
 * A client connects to `/chat/ROOM?name=NAME` with the subprotocol `chat`. It sends what
 * it says as plain text, and is told what happens by a {@linkcode ChatEvent} in JSON.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket" and "@fullduplex/websocket/topics".
import {
  CloseCode,
  type HandlerProducer,
  matchPath,
  routes,
  type WebSocketConnection,
} from "../../mod.ts";
import type { Topics } from "../../src/topics/mod.ts";

/** What happens in a room. `name` is who it is about. */
export type ChatEvent =
  /** To the one who joined: the name they got, and who is here, themselves included. */
  | { readonly type: "welcome"; readonly name: string; readonly here: readonly string[] }
  | { readonly type: "joined" | "left"; readonly name: string }
  | { readonly type: "said"; readonly name: string; readonly text: string };

const PATH = "/chat/:room";
const MAX_NAME_LENGTH = 24;
const MAX_TEXT_LENGTH = 2_000;
/** Whoever is this far behind reads too slowly, or has gone without a word. */
const MAX_BEHIND_BYTES = 256 * 1024;

/** One person's stay in a room. */
interface Stay {
  readonly topics: Topics;
  readonly room: string;
  readonly wanted: string;
}

/** The chat, to be given to `serve` or to a server that you have. A room is a topic. */
export function makeChat(topics: Topics): HandlerProducer {
  const chooseRoom: HandlerProducer = (request, protocols) => {
    const room = tidyName(matchPath(PATH, request)?.room);
    const wanted = tidyName(new URL(request.url).searchParams.get("name"));
    if (!protocols.includes("chat")) return refuse('offer the subprotocol "chat"');
    if (!room || !wanted) return refuse(`names have 1 to ${MAX_NAME_LENGTH} characters`);
    return {
      protocol: "chat",
      session: (connection: WebSocketConnection) => stay(connection, { topics, room, wanted }),
    };
  };
  return routes({ [PATH]: chooseRoom });
}

/** From joining to leaving. Those who join a room of one process come one after the other. */
async function stay(
  connection: WebSocketConnection,
  { topics, room, wanted }: Stay,
): Promise<void> {
  const tell = (event: ChatEvent): Promise<void> => topics.publish(room, JSON.stringify(event));
  const name = await inTurn(room, async () => {
    const here = (await topics.members(room)).map(({ data }) => String(data));
    const name = findFreeName(here, wanted);
    tell({ type: "joined", name });
    topics.subscribe(connection, room, {
      member: name,
      policy: "disconnect", // a slow listener neither holds up the others nor fills the memory
      maxBehindBytes: MAX_BEHIND_BYTES,
      announce: () => JSON.stringify({ type: "welcome", name, here: [...here, name] }),
    });
    return name;
  });
  try {
    for await (const text of connection) {
      if (typeof text !== "string") {
        await connection.close(CloseCode.UnsupportedData, "text messages only");
      } else if (text.length > MAX_TEXT_LENGTH) {
        await connection.close(CloseCode.MessageTooBig, `at most ${MAX_TEXT_LENGTH} characters`);
      } else if (text.trim() !== "") {
        await tell({ type: "said", name, text });
      }
    }
  } finally {
    topics.unsubscribe(connection, room);
    tell({ type: "left", name });
  }
}

const turns = new Map<string, Promise<unknown>>(); // the last of each room

/** Runs a job after those before it in the same room. */
async function inTurn<T>(room: string, job: () => Promise<T>): Promise<T> {
  const turn = (turns.get(room) ?? Promise.resolve()).then(job, job);
  turns.set(room, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(room) === turn) turns.delete(room);
  }
}

/** The first of "Ada", "Ada 2", "Ada 3" that is not taken. */
function findFreeName(taken: readonly string[], wanted: string): string {
  let name = wanted;
  for (let number = 2; taken.includes(name); number++) name = `${wanted} ${number}`;
  return name;
}

/**
 * A name without what nobody could see or tell apart; `null` if that leaves none, or one too long.
 */
function tidyName(name: string | null | undefined): string | null {
  // \p{C}: control, format, private use; of these, emoji need the zero-width joiner.
  const tidy = name?.normalize().replace(/[^\P{C}\u200D]|\s+/gu, " ").trim() ?? "";
  return tidy !== "" && tidy.length <= MAX_NAME_LENGTH ? tidy : null;
}

function refuse(why: string): Response {
  return new Response(`${why}\n`, { status: 400 });
}
