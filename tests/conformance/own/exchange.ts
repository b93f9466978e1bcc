/**
 * Frames out, frames back, and the closing handshake: what all cases on open connections
 * have in common.
 *
 * @module
 */
import type { Role } from "../../../src/protocol/role.ts";
import {
  failed,
  FINE,
  type Level,
  type OpenCase,
  type OpenPeer,
  type Unnumbered,
  type Verdict,
} from "./case.ts";
import { CLOSE, closePayload, frame } from "./frame.ts";
import { Unexpected, type Wire } from "./wire.ts";

/** A case of frames that has no place yet. */
export type FrameCase = Unnumbered<OpenCase>;

/** Section 7.1.5: a Close without a code has none to send back; 1000 does no harm. */
export const EMPTY_CLOSE: readonly string[] = ["close", "close 1000"];

/** The required answer of an echo. */
export interface Expectation {
  readonly level: Level;
  /** Echoes, in words and in order. Default: none. */
  readonly messages?: readonly string[];
  /** Pongs, in words and in order. Default: none. */
  readonly pongs?: readonly string[];
  /**
   * The connection must be failed, with one of these codes. Default: the case closes it with 1000.
   */
  readonly fails?: readonly number[];
  /** The case has sent a Close itself: one of these is its answer. */
  readonly answers?: readonly string[];
}

const isClose = (words: string): boolean => words.startsWith("close");
const isPong = (words: string): boolean => words.startsWith("pong");
const isMessage = (words: string): boolean => /^(text|binary|continuation|opcode)/.test(words);

/** Sends by `send` and judges what comes back. */
export async function exchange(
  peer: OpenPeer,
  send: (wire: Wire, from: Role) => void | Promise<void>,
  expected: Expectation,
): Promise<Verdict> {
  const { wire, role } = peer;
  const { messages = [], pongs = [], fails, answers } = expected;
  await send(wire, role);
  try {
    if (fails !== undefined) {
      await wire.framesUntil((frames) => frames.some(isClose), "a Close");
    } else {
      const isAll = (frames: readonly string[]): boolean =>
        frames.some(isClose) || answers === undefined &&
          frames.filter(isMessage).length >= messages.length &&
          frames.filter(isPong).length >= pongs.length;
      await wire.framesUntil(isAll, "all answers");
      if (answers === undefined) {
        wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, role));
        await wire.framesUntil((frames) => frames.some(isClose), "the answer to our Close");
      }
    }
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return failed(expected.level, `${error.message}; came: ${wire.frames.join(", ") || "nothing"}`);
  }
  return await judge(peer, expected);
}

async function judge(peer: OpenPeer, expected: Expectation): Promise<Verdict> {
  const { wire } = peer;
  const { level, messages = [], pongs = [], fails, answers = ["close 1000"] } = expected;
  const wrong = compare("echoes", messages, wire.frames.filter(isMessage)) ??
    compare("pongs", pongs, wire.frames.filter(isPong));
  // What came before the broken frame may be lost with the connection, but had better not be.
  if (wrong !== null) return failed(fails === undefined ? level : "SHOULD", wrong);
  const closes = wire.frames.filter(isClose);
  if (closes.length === 0) {
    const why = "ended the TCP connection without a Close (RFC 6455 7.1.7)";
    return failed(fails === undefined ? level : "SHOULD", why);
  }
  const verdict = judgeClose(closes[0]!, fails?.map((code) => `close ${code}`) ?? answers, level);
  return await endsCleanly(peer, fails !== undefined, closes) ? verdict : {
    ...verdict,
    close: "UNCLEAN",
    why: `${verdict.why} the TCP connection was not ended, or there was more after the Close`,
  };
}

function judgeClose(close: string, right: readonly string[], level: Level): Verdict {
  // A code that comes back may come with or without the reason.
  if (right.some((words) => close === words || close.startsWith(`${words} `))) return FINE;
  const why = `answered ${close}, not ${right.join(" or ")}`;
  return level === "MUST" ? { ...FINE, close: "WRONG CODE", why } : failed(level, why);
}

async function endsCleanly(
  { wire, role }: OpenPeer,
  isFailing: boolean,
  closes: readonly string[],
): Promise<boolean> {
  if (isFailing) wire.write(frame({ opcode: CLOSE, payload: closePayload(1000) }, role));
  if (role === "server") wire.end(); // the server's part (section 7.1.1)
  return await wire.endsInTime() && closes.length === 1 && isClose(wire.frames.at(-1)!);
}

function compare(
  what: string,
  expected: readonly string[],
  actual: readonly string[],
): string | null {
  const at = actual.findIndex((words, i) => words !== expected[i]);
  if (at >= 0) return `${what}: ${actual[at]}, not ${expected[at] ?? "anything"}`;
  if (actual.length === expected.length) return null;
  return `${what}: ${actual.length} of ${expected.length}`;
}
