/**
 * The tables of frames of the unit tests, over TCP.
 *
 * @module
 */
import type { Message } from "../../../src/message.ts";
import { type Violation, Violations } from "../../../src/protocol/violations.ts";
import type { Role } from "../../../src/protocol/role.ts";
import type { Vector } from "../../vectors/vector.ts";
import { bits } from "../../helpers/bits.ts";
import { join, type Sent } from "../../helpers/protocol_events.ts";
import { HEADER_LIMITS, INVALID_FRAMES } from "../../vectors/invalid_frames.ts";
import { VALID_FRAMES } from "../../vectors/valid_frames.ts";
import { type Level, type OwnCase, section } from "./case.ts";
import { EMPTY_CLOSE, exchange, type Expectation, type FrameCase } from "./exchange.ts";
import { echoOf, inWords, PONG } from "./frame.ts";

function expectationOf(vector: Vector): Expectation {
  const { fails } = vector;
  const messages: string[] = [], pongs: string[] = [];
  let parts: Message[] = [];
  let answers: readonly string[] | undefined;
  for (const item of (vector.sends ?? vector.hears ?? []) as readonly Sent[]) {
    if ("ping" in item) pongs.push(inWords({ opcode: PONG, payload: item.ping }));
    else if ("close" in item) answers = item.close[0] ? [`close ${item.close[0]}`] : EMPTY_CLOSE;
    else if ("message" in item) {
      parts.push(item.message);
      if (item.final === false) continue;
      messages.push(echoOf(join(parts)));
      parts = [];
    }
  }
  const codes = fails && { fails: codesOf(fails) };
  return { level: levelOf(vector), messages, pongs, ...codes, ...(answers && { answers }) };
}

/** A length beyond all bounds breaks the protocol, and is too big. */
function codesOf({ code, rule }: Violation): readonly number[] {
  const isLength = rule === Violations.lengthSign.rule || rule === Violations.lengthTooLarge.rule;
  return isLength ? [code, Violations.messageTooBig.code] : [code];
}

function levelOf({ fails, name }: Vector): Level {
  // Section 5.2 binds the sender of a length; that the receiver minds is our choice.
  if (fails?.rule === Violations.lengthNotMinimal.rule) return "OURS";
  return name.endsWith("before the message is whole") ? "SHOULD" : "MUST"; // Autobahn 6.4 too
}

/** A row that says `from: "server"` only so as to show plain payload is for both. */
function drawingFor(role: Role, { bits, from, section }: Vector): string | null {
  if (from === undefined || from === role) return bits;
  const isAboutMasks = section === "RFC 6455 5.1" || /[01] [01]{3} [01]{4} 1 /.test(bits);
  return isAboutMasks ? null : bits.replace(/([01] [01]{3} [01]{4}) 0 /g, "$1 m ");
}

function vectorCase(vector: Vector): FrameCase[] {
  const roles = (["client", "server"] as const).filter((role) => drawingFor(role, vector) !== null);
  return [{
    kind: "open",
    title: vector.name,
    source: vector.section,
    level: levelOf(vector),
    ...(roles.length === 1 && { target: roles[0] === "client" ? "server" : "client" }),
    run: (peer) =>
      exchange(
        peer,
        (wire, from) => wire.write(bits(drawingFor(from, vector)!, from)),
        expectationOf(vector),
      ),
  }];
}

/** 2^32 and more, and one byte above our default; others may have another limit. */
const LIMITS = HEADER_LIMITS.filter(({ maxMessageBytes }) => maxMessageBytes === undefined);

/** Single frames and streams of them, all rules of section 5. */
export const FRAMES: readonly OwnCase[] = section("frames", [
  ...VALID_FRAMES.flatMap(vectorCase),
  ...INVALID_FRAMES.filter((vector) => !vector.name.startsWith("code x")).flatMap(vectorCase),
  ...LIMITS.flatMap(vectorCase).map((each) => ({ ...each, level: "OURS" as const })),
]);
