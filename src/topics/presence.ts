/**
 * Who is in a topic, in all processes. Each process tells the others of its own members, and now
 * and then that it is alive; the members of one that is not heard any more are forgotten.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { readFields } from "./wire_messages.ts";

/** One member of a topic: a subscription that was made with `member`. */
export interface Member {
  /** Different for each subscription, in all processes. */
  readonly id: string;
  /** What the application gave for it: a value that JSON can hold. */
  readonly data: unknown;
}

/** How processes speak of members to one another. */
export interface PresenceChannel {
  /** Fulfilled when all that others tell from now on is heard. */
  listen(name: string, listener: (text: string, origin: string) => void): Promise<void>;
  stop(name: string): void;
  tell(name: string, text: string): void;
}

/** Options of {@linkcode Presence}. */
export interface PresenceOptions {
  /** To the other processes; `null` if there are none. */
  readonly channel: PresenceChannel | null;
  readonly clock: Clock;
}

/** Between two signs of life. */
const ALIVE_MS = 10_000;
/** A process that was not heard for so long is dead: three signs of life are missing. */
const EXPIRE_MS = 30_000;
/** For the answers of the other processes, when they are asked for the first time. */
const ANSWER_MS = 100;
/** Without members of its own, a process listens for so long after it was asked. */
const LISTEN_MS = 60_000;

type Members = Map<string, unknown>;

/** What another process has told. */
interface Others {
  members: Members;
  heardAt: number;
}

/** The members of one topic, as this process knows them. */
class Room {
  readonly own: Members = new Map();
  readonly others = new Map<string, Others>(); // by origin
  known: Promise<void> | null = null;
  askedAt = -Infinity;
}

/** Keeps the members of all topics. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #rooms = new Map<string, Room>();
  #isTicking = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** A member joins. */
  join(name: string, { id, data }: Member): void {
    const room = this.#open(name);
    room.own.set(id, data);
    this.#tell(name, { type: "join", id, data });
  }

  /** A member of this process leaves. */
  leave(name: string, id: string): void {
    if (this.#rooms.get(name)?.own.delete(id) === true) this.#tell(name, { type: "leave", id });
  }

  /** All members, those of this process first. */
  async members(name: string): Promise<Member[]> {
    const room = this.#open(name);
    room.askedAt = this.#options.clock.now();
    await room.known;
    const all = [room.own, ...[...room.others.values()].map(({ members }) => members)];
    return all.flatMap((members) => [...members].map(([id, data]) => ({ id, data })));
  }

  #open(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room = new Room();
    this.#rooms.set(name, room);
    room.known = this.#meet(name, room);
    if (!this.#isTicking) this.#tick();
    return room;
  }

  /** Asks the other processes, and waits for a moment for what they answer. */
  async #meet(name: string, room: Room): Promise<void> {
    const { channel, clock } = this.#options;
    if (channel === null) return;
    await channel.listen(name, (text, origin) => this.#hear(name, room, { text, origin }));
    this.#tell(name, { type: "who" });
    await new Promise<void>((resolve) => void clock.after(ANSWER_MS, resolve));
  }

  #hear(name: string, room: Room, { text, origin }: { text: string; origin: string }): void {
    const { type, id, data, members, count } = readFields(text) ?? {};
    if (type === "who") {
      if (room.own.size > 0) this.#tell(name, { type: "here", members: [...room.own] });
      return;
    }
    let others = room.others.get(origin);
    if (others === undefined) room.others.set(origin, others = { members: new Map(), heardAt: 0 });
    others.heardAt = this.#options.clock.now();
    if (type === "here" && Array.isArray(members)) others.members = new Map(members);
    else if (type === "join" && typeof id === "string") others.members.set(id, data);
    else if (type === "leave" && typeof id === "string") others.members.delete(id);
    else if (type === "alive" && count !== others.members.size) this.#tell(name, { type: "who" });
  }

  #tell(name: string, message: object): void {
    this.#options.channel?.tell(name, JSON.stringify(message));
  }

  #tick(): void {
    this.#isTicking = true;
    this.#options.clock.after(ALIVE_MS, () => {
      for (const [name, room] of this.#rooms) this.#keep(name, room);
      if (this.#rooms.size > 0) this.#tick();
      else this.#isTicking = false;
    });
  }

  #keep(name: string, room: Room): void {
    const { channel, clock } = this.#options, now = clock.now();
    for (const [origin, { heardAt }] of room.others) {
      if (heardAt <= now - EXPIRE_MS) room.others.delete(origin);
    }
    if (room.own.size > 0) this.#tell(name, { type: "alive", count: room.own.size });
    else if (room.askedAt <= now - LISTEN_MS) {
      this.#rooms.delete(name);
      channel?.stop(name);
    }
  }
}
