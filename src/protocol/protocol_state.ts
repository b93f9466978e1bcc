/**
 * The states of the closing handshake (RFC 6455 section 7.1) and all that changes them.
 *
 * @module
 */

/**
 * `open`; `closing`: our Close is sent, the peer's is awaited; `closed`: both are
 * exchanged; `failed`: a rule was broken and our Close is sent (section 7.1.7);
 * `lost`: the transport ended first.
 */
export type ProtocolState = "open" | "closing" | "closed" | "failed" | "lost";

/** What can happen. */
export type ProtocolEvent = "sendClose" | "receiveClose" | "fail" | "end";

const TRANSITIONS: Record<ProtocolState, Partial<Record<ProtocolEvent, ProtocolState>>> = {
  open: { sendClose: "closing", receiveClose: "closed", fail: "failed", end: "lost" },
  closing: { receiveClose: "closed", fail: "failed", end: "lost" },
  closed: {},
  failed: {},
  lost: {},
};

/** The state after an event; the same state when the event means nothing in it. */
export function nextState(state: ProtocolState, event: ProtocolEvent): ProtocolState {
  return TRANSITIONS[state][event] ?? state;
}
