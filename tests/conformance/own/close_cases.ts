/**
 * Every close code at the ends of its range, and what else a Close can carry.
 *
 * @module
 */
import { concat } from "../../helpers/bits.ts";
import { type OwnCase, section } from "./case.ts";
import { EMPTY_CLOSE, exchange, type Expectation, type FrameCase } from "./exchange.ts";
import { CLOSE, closePayload, frame, PING, TEXT } from "./frame.ts";

const SENDABLE = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
const FORBIDDEN = [0, 1, 999, 1004, 1005, 1006, 1015];
const UNDEFINED = [1016, 1017, 1099, 1100, 1999, 2000, 2999];
const PRIVATE = [3000, 3999, 4000, 4999];
const OUTSIDE = [5000, 10_000, 32_768, 65_535];

function closeCase(
  title: string,
  payload: Uint8Array,
  expected: Omit<Expectation, "level">,
  rest: Partial<FrameCase> = {},
): FrameCase {
  return {
    kind: "open",
    title,
    source: "RFC 6455 7.4",
    level: "MUST",
    ...rest,
    run: (peer) =>
      exchange(peer, (wire, from) => wire.write(frame({ opcode: CLOSE, payload }, from)), {
        level: rest.level ?? "MUST",
        ...expected,
      }),
  };
}

/** Every code at the ends of its range, sent by the peer. */
export const CLOSES: readonly OwnCase[] = section("close", [
  ...[...SENDABLE, ...PRIVATE].map((code) =>
    closeCase(`${code} comes back`, closePayload(code, "☃"), { answers: [`close ${code}`] })
  ),
  ...[...FORBIDDEN, ...OUTSIDE].map((code) =>
    closeCase(`${code} breaks the protocol`, closePayload(code), { fails: [1002] })
  ),
  // 1016 to 2999 are for future revisions of the protocol: an endpoint that does not know
  // one may take it.
  ...UNDEFINED.map((code) =>
    closeCase(`${code}, not defined`, closePayload(code), { fails: [1002] }, {
      source: "RFC 6455 7.4.2",
      level: "OURS",
    })
  ),
  closeCase("no code", new Uint8Array(0), { answers: EMPTY_CLOSE }, { source: "RFC 6455 7.1.5" }),
  closeCase("one byte", Uint8Array.of(3), { fails: [1002] }, { source: "RFC 6455 5.5.1" }),
  closeCase("a reason of 123 bytes", closePayload(1000, "é".repeat(61) + "!"), {
    answers: ["close 1000"],
  }, { source: "RFC 6455 5.5" }),
  closeCase("a reason that is not UTF-8", closePayload(1000, Uint8Array.of(0xc3, 0x28)), {
    fails: [1007, 1002],
  }, { source: "RFC 6455 5.5.1" }),
  {
    kind: "open",
    title: "frames after a Close do not count",
    source: "RFC 6455 5.5.1",
    level: "MUST",
    run: (peer) =>
      exchange(peer, (wire, from) => {
        const close = frame({ opcode: CLOSE, payload: closePayload(1001) }, from);
        const late = frame({ opcode: TEXT, payload: "late" }, from);
        wire.write(concat([close, late, frame({ opcode: PING, payload: "late" }, from)]));
      }, { level: "MUST", answers: ["close 1001"] }),
  },
]);
