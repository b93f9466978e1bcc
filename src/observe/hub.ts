/**
 * The observers of one server, and the interface through which the server calls them.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import type { Wire } from "../connection/wire.ts";
import type { SendingConnection, WebSocketConnection } from "../handler.ts";
import type { PendingHandshake } from "../server/pending_handshake.ts";
import type { Dropped, DropWatch } from "../server/drops.ts";
import type { RefusedUpgrade } from "../server/refusal_report.ts";
import type { ServerTap, Tappable } from "../server/tap.ts";
import type { Observer } from "./observer.ts";
import { reportOnConsole } from "../connection/context.ts";
import { report, tell as tellTo } from "../connection/report.ts";
import { isPromise } from "../promises.ts";
import { FilteredWire } from "../connection/filtered_wire.ts";
import { watchDrops } from "../server/drops.ts";
import { canShare } from "../framed/sharing.ts";
import { ObservedWire, type WireWatch } from "./observed_wire.ts";

/** Passes events to several observers. */
export class Hub implements ServerTap, WireWatch, DropWatch {
  readonly now: () => number;
  // Time of the beginning, by the opening and later by the handshake.
  readonly #begun = new WeakMap<object, number>();
  readonly #wires = new WeakMap<SendingConnection, ObservedWire>();
  #observers: readonly Observer[] = [];
  // The observers that have the method, so that messages cost nothing without one.
  #receivers: readonly Observer[] = [];
  #senders: readonly Observer[] = [];

  constructor({ clock }: Tappable) {
    this.now = () => clock.now();
  }

  get isEmpty(): boolean {
    return this.#observers.length === 0;
  }

  add(observer: Observer): void {
    this.#set([...this.#observers, observer]);
  }

  delete(observer: Observer): void {
    this.#set(this.#observers.filter((other) => other !== observer));
  }

  onAdmitted(pending: PendingHandshake): void {
    this.#begun.set(pending, this.now());
  }

  onAccepted(pending: PendingHandshake, handshake: Handshake): void {
    this.#begun.set(handshake, this.#begun.get(pending) ?? this.now());
  }

  onRefused(refused: RefusedUpgrade): void {
    for (const observer of this.#observers) tell(() => observer.onRefuse?.(refused));
  }

  watch(wire: Wire, handshake: Handshake): Wire {
    const now = this.now();
    const handshakeMs = now - (this.#begun.get(handshake) ?? now);
    return new ObservedWire(wire, { watch: this, handshakeMs });
  }

  onOpen(connection: WebSocketConnection, wire: Wire): void {
    if (!(wire instanceof ObservedWire)) return;
    wire.connection = connection;
    this.#wires.set(connection, wire);
    const base = FilteredWire.baseOf(wire);
    if (canShare(base)) base.onShared = (size) => this.onSend(connection, size);
    watchDrops(connection, this);
    const { handshakeMs } = wire;
    for (const observer of this.#observers) {
      tell(() => observer.onOpen?.({ connection, handshakeMs }));
    }
  }

  onReceive(connection: SendingConnection, size: number): void {
    for (const observer of this.#receivers) {
      try {
        const told: unknown = observer.onReceive?.(connection, size);
        if (isPromise(told)) told.then(undefined, print);
      } catch (error) {
        print(error);
      }
    }
  }

  onSend(connection: SendingConnection, size: number): void {
    for (const observer of this.#senders) {
      try {
        const told: unknown = observer.onSend?.(connection, size);
        if (isPromise(told)) told.then(undefined, print);
      } catch (error) {
        print(error);
      }
    }
  }

  onDropped(connection: SendingConnection, dropped: Dropped): void {
    for (const observer of this.#observers) {
      tell(() => observer.onDrop?.({ connection, ...dropped }));
    }
  }

  onRoundTrip(connection: SendingConnection, milliseconds: number): void {
    for (const observer of this.#observers) {
      tell(() => observer.onRoundTrip?.(connection, milliseconds));
    }
  }

  onClosed(connection: WebSocketConnection): void {
    const wire = this.#wires.get(connection), observers = this.#observers;
    if (wire === undefined) return; // the connection opened before the observer was added
    const durationMs = this.now() - wire.openedAt;
    connection.closed.then((closing) => {
      for (const observer of observers) {
        tell(() => observer.onClose?.({ connection, closing, durationMs }));
      }
    });
  }

  #set(observers: readonly Observer[]): void {
    this.#observers = observers;
    this.#receivers = observers.filter(({ onReceive }) => onReceive !== undefined);
    this.#senders = observers.filter(({ onSend }) => onSend !== undefined);
  }
}

const print = (error: unknown): void => report(() => reportOnConsole(error));

/** Calls an observer. An error is printed, so that it does not affect the connection. */
function tell(call: () => unknown): void {
  tellTo(call, reportOnConsole);
}
