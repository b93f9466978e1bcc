/**
 * The parameters of permessage-deflate (RFC 7692 section 7.1) that peers are tried with, as one
 * table: each way to say no takeover, with a sample of the windows.
 *
 * @module
 */

/** The wishes of one side. */
export interface Parameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  /** `null`: nothing is said. */
  readonly serverBits: number | null;
  readonly clientBits: number | null;
}

const YES_OR_NO = [false, true];
const BITS = [null, 9, 15];

/** All of them. */
export const COMBINATIONS: readonly Parameters[] = YES_OR_NO.flatMap((serverNoTakeover) =>
  YES_OR_NO.flatMap((clientNoTakeover) =>
    BITS.flatMap((serverBits) =>
      BITS.map((clientBits) => ({ serverNoTakeover, clientNoTakeover, serverBits, clientBits }))
    )
  )
);

/**
 * A name without spaces, which `peer.py` reads too: `sc,9,-` is no takeover on both sides and 9
 * bits for the server.
 */
export function toName(parameters: Parameters): string {
  const { serverNoTakeover, clientNoTakeover, serverBits, clientBits } = parameters;
  const takeover = `${serverNoTakeover ? "s" : ""}${clientNoTakeover ? "c" : ""}`;
  return `${takeover || "-"},${serverBits ?? "-"},${clientBits ?? "-"}`;
}

/** Our options that others are tried with, of which one is tried with everything. */
export const OURS = {
  "15 bits": { windowBits: 15 },
  default: {},
  "9 bits": { windowBits: 9 },
  "no takeover": { takeover: false, windowBits: 15, level: 9 },
} as const;

/** Whether these options of ours, by name, are tried with these parameters of theirs, by name. */
export function isTried(ours: string, theirs: string): boolean {
  const [takeover = "", serverBits, clientBits] = theirs.split(",");
  if (ours === "15 bits") return true;
  return takeover !== "s" && takeover !== "c" && serverBits === clientBits;
}

/**
 * Whether a server with these parameters takes up what our client offers: they refuse a smaller
 * window of their own than they were told to use, which section 7.1.2.1 lets them.
 */
export function canMeet({ windowBits = 12 }: { windowBits?: number }, theirs: string): boolean {
  return !(Number(theirs.split(",")[1]) > windowBits);
}
