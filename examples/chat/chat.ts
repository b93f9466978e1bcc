/**
 * A chat: rooms, names, who is here. The same file on Deno, Bun and Node.
 *
 * A client connects to `/chat/ROOM?name=NAME` with the subprotocol `chat`. It sends what
 * it says as plain text, and is told what happens by a {@linkcode ChatEvent} in JSON.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket".
import {
  CloseCode,
  type HandlerProducer,
  matchPath,
  routes,
  type WebSocketConnection,
} from "../../mod.ts";

/** What happens in a room. `name` is who it is about. */
export type ChatEvent =
  /** To the one who joined: the name they got, and who is here, themselves included. */
  | { readonly type: "welcome"; readonly name: string; readonly here: readonly string[] }
  | { readonly type: "joined" | "left"; readonly name: string }
  | { readonly type: "said"; readonly name: string; readonly text: string };

/** Who is in a room, by name. */
type Room = Map<string, WebSocketConnection>;

const PATH = "/chat/:room";
const MAX_NAME_LENGTH = 24;
const MAX_TEXT_LENGTH = 2_000;
/** Whoever is this far behind reads too slowly, or has gone without a word. */
const MAX_BEHIND_BYTES = 256 * 1024;

const rooms = new Map<string, Room>();

/** Chooses what a connection gets: a stay in a room, or the reason why not. */
const chooseRoom: HandlerProducer = (request, protocols) => {
  const roomName = tidyName(matchPath(PATH, request)?.room);
  const name = tidyName(new URL(request.url).searchParams.get("name"));
  if (!protocols.includes("chat")) return refuse('offer the subprotocol "chat"');
  if (!roomName || !name) return refuse(`names have 1 to ${MAX_NAME_LENGTH} characters`);
  return { protocol: "chat", session: (connection) => stay(connection, { roomName, name }) };
};

/** The chat, to be given to `serve` or to a server that you have. */
export const chat: HandlerProducer = routes({ [PATH]: chooseRoom });

/** One person's stay in a room, from joining to leaving. */
async function stay(
  connection: WebSocketConnection,
  wanted: { readonly roomName: string; readonly name: string },
): Promise<void> {
  const room: Room = rooms.get(wanted.roomName) ?? new Map();
  const name = findFreeName(room, wanted.name);
  tell(room, { type: "joined", name });
  rooms.set(wanted.roomName, room.set(name, connection));
  try {
    const here = [...room.keys()];
    await connection.send(JSON.stringify({ type: "welcome", name, here } satisfies ChatEvent));
    for await (const text of connection) {
      if (typeof text !== "string") {
        await connection.close(CloseCode.UnsupportedData, "text messages only");
      } else if (text.length > MAX_TEXT_LENGTH) {
        await connection.close(CloseCode.MessageTooBig, `at most ${MAX_TEXT_LENGTH} characters`);
      } else if (text.trim() !== "") {
        await tell(room, { type: "said", name, text });
      }
    }
  } finally {
    room.delete(name);
    if (room.size === 0) rooms.delete(wanted.roomName);
    tell(room, { type: "left", name });
  }
}

/**
 * Tells everyone in a room. Waits for nobody but the one it is about: who talks faster than
 * they listen is held back, while a slow listener neither holds up the others nor fills the
 * server's memory.
 */
function tell(room: Room, event: ChatEvent): Promise<void> {
  const text = JSON.stringify(event);
  let taken = Promise.resolve();
  for (const [name, connection] of room) {
    if (connection.bufferedAmount > MAX_BEHIND_BYTES) {
      connection.close(CloseCode.TryAgainLater, "too far behind");
      continue;
    }
    const sent = connection.send(text);
    if (name === event.name) taken = sent;
  }
  return taken;
}

/** The first of "Ada", "Ada 2", "Ada 3" that nobody in the room has. */
function findFreeName(room: Room, wanted: string): string {
  let name = wanted;
  for (let number = 2; room.has(name); number++) name = `${wanted} ${number}`;
  return name;
}

/** A name without what nobody could see or tell apart; `null` if that leaves none, or one too long. */
function tidyName(name: string | null | undefined): string | null {
  // \p{C}: control, format, private use; of these, emoji need the zero-width joiner.
  const tidy = name?.normalize().replace(/[^\P{C}\u200D]|\s+/gu, " ").trim() ?? "";
  return tidy !== "" && tidy.length <= MAX_NAME_LENGTH ? tidy : null;
}

function refuse(why: string): Response {
  return new Response(`${why}\n`, { status: 400 });
}
