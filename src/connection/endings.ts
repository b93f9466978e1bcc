/**
 * The nine ways in which a connection ends. `docs/endings.md` is printed from this table.
 *
 * A message that had arrived whole before the end is still delivered, unless this side closed
 * or aborted.
 *
 * @module
 */
import type { CloseInfo } from "../handler.ts";
import type { WebSocketErrorCode } from "../errors.ts";

/** Names of the endings. */
export type EndingName =
  | "localClose"
  | "remoteClose"
  | "failure"
  | "transportEnd"
  | "transportLoss"
  | "abort"
  | "keepaliveTimeout"
  | "closeTimeout"
  | "sendLimit";

/** Whether messages that arrived and were not read are delivered or dropped. */
export type Unread = "keep" | "drop";

/** One row of the table. */
export interface Ending {
  /** The side that `CloseInfo` names. */
  readonly initiator: CloseInfo["initiator"];
  /**
   * Code of the error in `cause`; the close code is then 1006. `null` if a Close frame or a broken
   * rule has the close code.
   */
  readonly error: WebSocketErrorCode | null;
  /** The method of the wire that is called; `null` when the wire is gone. */
  readonly wire: "sendClose" | "finish" | "end" | "abort" | null;
  readonly unread: Unread;
}

/** All endings. */
export const ENDINGS: Readonly<Record<EndingName, Ending>> = {
  localClose: { initiator: "local", error: null, wire: "sendClose", unread: "drop" },
  remoteClose: { initiator: "remote", error: null, wire: "finish", unread: "keep" },
  failure: { initiator: "local", error: null, wire: "end", unread: "keep" },
  transportEnd: { initiator: "transport", error: "ERR_TRANSPORT", wire: "end", unread: "keep" },
  transportLoss: { initiator: "transport", error: "ERR_TRANSPORT", wire: null, unread: "keep" },
  abort: { initiator: "local", error: "ERR_ABORTED", wire: "abort", unread: "drop" },
  keepaliveTimeout: {
    initiator: "transport",
    error: "ERR_KEEPALIVE",
    wire: "abort",
    unread: "keep",
  },
  closeTimeout: { initiator: "local", error: "ERR_CLOSE_TIMEOUT", wire: "abort", unread: "keep" },
  sendLimit: { initiator: "local", error: "ERR_SEND_LIMIT", wire: "abort", unread: "keep" },
};
