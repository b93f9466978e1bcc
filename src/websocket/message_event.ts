/**
 * The event of a message. To all who look at it, it is a `MessageEvent` of the platform. On Bun and
 * Node it is made by the constructor of `Event`, because that of `MessageEvent` converts a
 * dictionary of eight members, which takes 350 ns more on Bun and 500 on Node.
 *
 * @module
 */
import { beLikeWebIdl } from "./web_idl.ts";

/** The members that have a value only after `initMessageEvent`. */
interface RareMembers {
  readonly lastEventId: string;
  readonly source: unknown;
  readonly ports: readonly unknown[];
}

const NO_RARE_MEMBERS: RareMembers = { lastEventId: "", source: null, ports: Object.freeze([]) };

/** A received message, with all members that a `MessageEvent` has. */
class ReceivedMessage extends Event {
  #data: unknown;
  #origin: string;
  #rare = NO_RARE_MEMBERS;

  constructor(data: unknown, origin: string) {
    super("message");
    this.#data = data;
    this.#origin = origin;
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return this.#rare.lastEventId;
  }

  get source(): unknown {
    return this.#rare.source;
  }

  get ports(): readonly unknown[] {
    return this.#rare.ports;
  }

  /** HTML's way to use an event again. It has no effect while the event is dispatched. */
  initMessageEvent(
    type: string,
    bubbles = false,
    cancelable = false,
    data: unknown = null,
    origin = "",
    lastEventId = "",
    source: unknown = null,
    ports: readonly unknown[] = [],
  ): void {
    if (this.eventPhase !== Event.NONE) return;
    this.initEvent(type, bubbles, cancelable);
    this.#data = data;
    this.#origin = `${origin}`;
    this.#rare = { lastEventId: `${lastEventId}`, source, ports: Object.freeze([...ports]) };
  }
}

/** Makes the event of a message. */
export const makeMessageEvent: (data: unknown, origin: string) => Event = hasAccessors()
  ? (data, origin) => new ReceivedMessage(data, origin)
  : (data, origin) => new MessageEvent("message", { data, origin });

beLikeWebIdl(ReceivedMessage, "MessageEvent");
Object.defineProperty(ReceivedMessage.prototype, "constructor", { value: MessageEvent });
Object.setPrototypeOf(ReceivedMessage.prototype, MessageEvent.prototype);

/** Whether the members of a `MessageEvent` are on its prototype. On Deno they are on each event. */
function hasAccessors(): boolean {
  return Object.hasOwn(MessageEvent.prototype, "data");
}
