/**
 * What a case of ours is, and how it is judged.
 *
 * @module
 */
import type { Role } from "../../../src/protocol/role.ts";
import type { Behavior } from "../result.ts";
import type { Wire } from "./wire.ts";

/**
 * How much a case weighs: a MUST of an RFC, a SHOULD, or a choice of this library, which
 * says nothing against others who choose differently.
 */
export type Level = "MUST" | "SHOULD" | "OURS";

/** How a case ended. */
export interface Verdict {
  readonly behavior: Behavior;
  /** How the connection was closed, in Autobahn's words. */
  readonly close: string;
  readonly why: string;
}

/** Facts that every case has. */
export interface CaseInfo {
  /** `head.3`, once it is in its section. */
  readonly id: string;
  readonly title: string;
  /** Where the rule is: a section of an RFC, a CVE, an issue. */
  readonly source: string;
  readonly level: Level;
}

/** A case on an open connection, for servers and clients alike. */
export interface OpenCase extends CaseInfo {
  readonly kind: "open";
  /** Whom it can try. Default: both. */
  readonly target?: Role;
  /** Only for targets that know permessage-deflate. */
  readonly needsDeflate?: boolean;
  /** Fields of the case's head: the request's or the response's. */
  readonly fields?: readonly string[];
  run(peer: OpenPeer): Promise<Verdict>;
}

/** A case of the opening handshake for servers. */
export interface RequestCase extends CaseInfo {
  readonly kind: "request";
  run(wire: Wire): Promise<Verdict>;
}

/** A case of the opening handshake for clients. */
export interface ResponseCase extends CaseInfo {
  readonly kind: "response";
  run(wire: Wire, request: string): Promise<Verdict>;
}

/** One of ours. */
export type OwnCase = OpenCase | RequestCase | ResponseCase;

/** The case's end of an open connection. */
export interface OpenPeer {
  readonly wire: Wire;
  /** Whom the case plays; the target is the other. */
  readonly role: Role;
  /** Head of the target: its answer or its request. */
  readonly head: string;
  /** Memory of the target's process, where it can be told. */
  residentBytes(): number | null;
}

/** A case without its place in a section. */
export type Unnumbered<Case extends OwnCase> = Case extends unknown ? Omit<Case, "id"> : never;

/** Numbers the cases of a section. */
export function section(name: string, cases: readonly Unnumbered<OwnCase>[]): readonly OwnCase[] {
  return cases.map((each, index) => ({ ...each, id: `${name}.${index + 1}` }));
}

/** All went as it must. */
export const FINE: Verdict = { behavior: "OK", close: "OK", why: "" };

/** The target did what it must not. */
export function failed(level: Level, why: string): Verdict {
  return { behavior: level === "SHOULD" ? "NON-STRICT" : "FAILED", close: "OK", why };
}
