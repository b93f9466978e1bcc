/**
 * The members of topics in all processes. Each process announces its own members to the others, and
 * regularly that it is alive. The members of a process that is silent for too long are dropped.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { readFields } from "./wire_messages.ts";

/** One member of a topic: a subscription that was made with `member`. */
export interface Member {
  /** Unique id of the subscription in all processes. */
  readonly id: string;
  /** Data of the application: a value that JSON can hold. */
  readonly data: unknown;
}

/** The channel by which processes exchange their members. */
export interface PresenceChannel {
  /** Listens to a topic. Fulfilled when all later messages of other processes will be received. */
  listen(name: string, listener: (text: string, origin: string) => void): Promise<void>;
  stop(name: string): void;
  tell(name: string, text: string): void;
}

/** Options of {@linkcode Presence}. */
export interface PresenceOptions {
  /** Channel to the other processes; `null` if there are none. */
  readonly channel: PresenceChannel | null;
  readonly clock: Clock;
}

/** Milliseconds between two signs of life. */
const ALIVE_MS = 10_000;
/**
 * Milliseconds of silence after which a process counts as dead, because three signs of life are
 * missing.
 */
const EXPIRE_MS = 30_000;
/**
 * Milliseconds to wait for the answers of other processes when they are asked for the first time.
 */
const ANSWER_MS = 100;
/** Milliseconds for which a process without members listens after a call of `members`. */
const LISTEN_MS = 60_000;

type Members = Map<string, unknown>;

/** The members that another process has announced. */
interface Others {
  members: Members;
  heardAt: number;
}

/** The members of one topic that this process knows. */
class Room {
  readonly own: Members = new Map();
  readonly others = new Map<string, Others>(); // by the process's name
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
    const room = this.#rooms.get(name);
    if (room?.own.delete(id) !== true) return;
    this.#tell(name, { type: "leave", id });
    this.#forgetIdle(name, room);
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

  /** Asks the other processes, and waits a moment for their answers. */
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
    const now = this.#options.clock.now();
    for (const [origin, { heardAt }] of room.others) {
      if (heardAt <= now - EXPIRE_MS) room.others.delete(origin);
    }
    if (room.own.size > 0) this.#tell(name, { type: "alive", count: room.own.size });
    else this.#forgetIdle(name, room);
  }

  /** Nobody of this process is in the room, and nobody has asked for its members lately. */
  #forgetIdle(name: string, { own, askedAt }: Room): void {
    const { channel, clock } = this.#options;
    if (own.size > 0 || askedAt > clock.now() - LISTEN_MS) return;
    this.#rooms.delete(name);
    channel?.stop(name);
  }
}
