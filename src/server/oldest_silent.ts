/**
 * Chooses the opening handshake that is dropped for a new one.
 *
 * @module
 */
import type { Address } from "../message.ts";
import type { PendingHandshake } from "./pending_handshake.ts";

/**
 * Returns the oldest silent opening, or `null`. If the newcomer's host has half of all openings,
 * one of its own is chosen. Otherwise it is the oldest of all, which most likely belongs to the
 * host with most openings.
 */
export function oldestSilent(
  openings: Iterable<PendingHandshake> & { readonly size: number },
  peerAddress: Address | null,
): PendingHandshake | null {
  const host = hostOf(peerAddress);
  let oldest: PendingHandshake | null = null, own: PendingHandshake | null = null, owned = 0;
  for (const opening of openings) {
    if (!opening.isSilent) continue;
    oldest ??= opening;
    if (hostOf(opening.peerAddress) !== host) continue;
    own ??= opening;
    owned++;
  }
  return owned * 2 > openings.size ? own : oldest;
}

/** The host of a peer, if it is known. */
function hostOf(address: Address | null): string | null {
  return address?.transport === "tcp" ? address.hostname : null;
}
