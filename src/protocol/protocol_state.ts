/**
 * The states of the closing handshake (RFC 6455 section 7.1) and every transition between them.
 *
 * @module
 */

/**
 * State of a connection after the opening handshake:
 *
 * - `open`: messages can be sent.
 * - `closing`: our Close is sent, the peer's has not arrived.
 * - `closed`: both Close frames are exchanged.
 * - `failed`: the peer broke a rule, and our Close is sent (RFC 6455 section 7.1.7).
 * - `lost`: the transport ended before the closing handshake.
 */
export type ProtocolState = "open" | "closing" | "closed" | "failed" | "lost";

/** The events that change the state. */
export type ProtocolEvent = "sendClose" | "receiveClose" | "fail" | "end";

const TRANSITIONS: Record<ProtocolState, Partial<Record<ProtocolEvent, ProtocolState>>> = {
  open: { sendClose: "closing", receiveClose: "closed", fail: "failed", end: "lost" },
  closing: { receiveClose: "closed", fail: "failed", end: "lost" },
  closed: {},
  failed: {},
  lost: {},
};

/** The state after an event. It is the same state if the event means nothing in it. */
export function nextState(state: ProtocolState, event: ProtocolEvent): ProtocolState {
  return TRANSITIONS[state][event] ?? state;
}
