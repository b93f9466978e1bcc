/**
 * Chooses the opening handshake that makes room for another one.
 *
 * @module
 */
import type { Address } from "../message.ts";
import type { PendingHandshake } from "./pending_handshake.ts";

/**
 * The oldest opening that is silent, or `null`. A host that holds half of the places makes room for
 * itself; else the oldest of all goes, which is most likely one of who holds most.
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

/** The host of a peer, where it is known. */
function hostOf(address: Address | null): string | null {
  return address?.transport === "tcp" ? address.hostname : null;
}
