/**
 * The attributes `onopen`, `onmessage`, `onerror` and `onclose`, by the rules of HTML for event
 * handlers (section 8.1.8.1).
 *
 * @module
 */

/** The value of an attribute: a function, or an object, which is kept and never called. */
export type EventHandler = ((this: EventTarget, event: Event) => unknown) | object;

interface Slot {
  handler: EventHandler;
  readonly listener: (this: EventTarget, event: Event) => void;
}

/** The event handlers of one target. */
class EventHandlers {
  readonly #target: EventTarget;
  readonly #slots = new Map<string, Slot>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  /** The value of the attribute for events of this type. */
  get(type: string): EventHandler | null {
    return this.#slots.get(type)?.handler ?? null;
  }

  /**
   * Sets the attribute. A new value replaces the old one at its place among the listeners. `null`,
   * or any value that is no object, removes it.
   */
  set(type: string, value: unknown): void {
    const handler = isObject(value) ? value : null;
    const slot = this.#slots.get(type);
    if (handler === null) {
      if (slot === undefined) return;
      this.#target.removeEventListener(type, slot.listener);
      this.#slots.delete(type);
    } else if (slot !== undefined) slot.handler = handler;
    else this.#slots.set(type, this.#listen(type, handler));
  }

  #listen(type: string, handler: EventHandler): Slot {
    const slot: Slot = {
      handler,
      listener(event) { // `this` is the current target
        if (typeof slot.handler !== "function") return;
        // "If return value is false, then set event's canceled flag."
        if (Reflect.apply(slot.handler, this, [event]) === false) event.preventDefault();
      },
    };
    this.#target.addEventListener(type, slot.listener);
    return slot;
  }
}

const handlersOf = new WeakMap<EventTarget, EventHandlers>();

/** Defines the attributes `on…` of a class for these types of events. */
export function defineEventHandlers(
  targetClass: { readonly prototype: EventTarget } & (abstract new (...args: never) => EventTarget),
  types: readonly string[],
): void {
  const own = (target: EventTarget): EventHandlers => {
    if (!(target instanceof targetClass)) throw new TypeError("Illegal invocation");
    let handlers = handlersOf.get(target);
    if (handlers === undefined) handlersOf.set(target, handlers = new EventHandlers(target));
    return handlers;
  };
  for (const type of types) {
    Object.defineProperty(targetClass.prototype, `on${type}`, {
      get(this: EventTarget) {
        return own(this).get(type);
      },
      set(this: EventTarget, value: unknown) {
        own(this).set(type, value);
      },
      configurable: true,
    });
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
