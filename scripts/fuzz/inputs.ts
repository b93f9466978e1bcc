/**
 * Inputs for all implementations, from a seed.
 *
 * @module
 */
import { Endpoint, peerOf } from "../../tests/helpers/protocol_recorder.ts";
import { Chance } from "../../tests/fuzz/random_streams.ts";
import { makeCodec } from "./ours.ts";
import type { Input, Kind, Role } from "./outcome.ts";

const NAMES = [
  "Host",
  "Upgrade",
  "Connection",
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Origin",
]
  .concat([
    "Cookie",
    "X-Test",
    "Sec-WebSocket-Protocol",
    "Accept",
    "host",
    "x_y",
    "!#$%&'*+-.^_`|~",
  ]);
const VALUES = ["example.test", "websocket", "Upgrade", "keep-alive, Upgrade", "13", "a=1; b=2", ""]
  .concat(["dGhlIHNhbXBsZSBub25jZQ==", "chat, superchat", "\t tabs \t", "caf\u00e9", '"quoted"']);
const TARGETS = [
  "/",
  "/chat?room=1",
  "*",
  "http://a/",
  "/caf%C3%A9",
  "/%",
  "/a#b",
  "/\u00e9",
  "?",
  "a:1",
];
const STATUSES = ["101 Switching Protocols", "200 OK", "404", "101 ", "599 x", "100 Continue"];
/** Bytes that mean something in a head. */
const TELLING = [
  "\r\n",
  "\n",
  "\r",
  " ",
  "\t",
  ":",
  "\0",
  "\x7f",
  "\x80",
  ",",
  ";",
  "\r\n ",
  " :",
  "HTTP/1.0",
];

/** The input of a seed. */
export function makeInput(kind: Kind, seed: number): Input {
  const chance = new Chance(seed), role = chance.pick(["client", "server"] as const);
  if (kind === "heads") return { kind, role, bytes: makeHead(chance, role) };
  if (kind === "frames" && chance.once(4)) return { kind, role, bytes: makeNoise(chance, role) };
  const from = chance.once(30) ? role : peerOf(role);
  const stream = kind === "deflate"
    ? encodeDeflated(chance, from)
    : chance.encode(chance.conversation(), from);
  return { kind, role, bytes: chance.once(8) ? stream : chance.mutate(stream) };
}

/** Bytes of frames with headers that are nearly right. */
function makeNoise(chance: Chance, role: Role): Uint8Array {
  const noise = chance.bytes(chance.below(120));
  for (let at = 0; at < noise.length; at += 2 + chance.below(20)) {
    if (chance.once(2)) noise[at] = chance.pick([0x81, 0x82, 0x01, 0x80, 0x00, 0x88, 0x89, 0x8a]);
    if (at + 1 >= noise.length) continue;
    const length = chance.pick([0, 1, 2, 5, 125, 126, 127]);
    noise[at + 1] = length | (role === "server" ? 0x80 : 0);
  }
  return noise;
}

function encodeDeflated(chance: Chance, from: Role): Uint8Array {
  const endpoint = new Endpoint(from, {
    maskingKeys: () => chance.below(2 ** 32),
    codec: makeCodec(),
  });
  for (const item of chance.conversation()) endpoint.send(item);
  return endpoint.output.take();
}

function makeHead(chance: Chance, role: Role): Uint8Array {
  const first = role === "server"
    ? `${chance.pick(["GET", "GET", "GET", "POST", "get", "G(T"])} ${chance.pick(TARGETS)} HTTP/1.1`
    : `HTTP/1.1 ${chance.pick(STATUSES)}`;
  const lines = [first];
  for (let left = chance.below(8); left > 0; left--) {
    lines.push(`${chance.pick(NAMES)}:${chance.pick(["", " ", "  ", "\t"])}${chance.pick(VALUES)}`);
  }
  let text = lines.join("\r\n") + "\r\n\r\n";
  for (let left = chance.below(3); left > 0; left--) {
    const at = chance.below(text.length), skip = chance.below(3);
    const added = chance.once(3) ? chance.text(2) : chance.pick(TELLING);
    text = text.slice(0, at) + added + text.slice(at + skip);
  }
  return Uint8Array.from(Buffer.from(text, chance.once(4) ? "utf8" : "latin1"));
}
