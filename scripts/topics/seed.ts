/**
 * One topic across the processes of a fleet: connections on all of them publish and receive, the
 * engine goes away meanwhile, and in the end it has to add up.
 *
 * @module
 */
import { connect, ReadyState, type WebSocketConnection } from "../../mod.ts";
import { makeRandom } from "../../tests/helpers/byte_pattern.ts";
import { Chronicle } from "./chronicle.ts";
import { type Fleet, sleep } from "./fleet.ts";
import { Ledger } from "./ledger.ts";

/** Options of {@linkcode runSeed}. */
export interface SeedOptions {
  readonly seed: number;
  /** Connections of each process. */
  readonly connections: number;
  /** Messages of all publishers together. */
  readonly messages: number;
  /** How often the engine goes away. */
  readonly faults: number;
  /** Milliseconds between two messages of a publisher. */
  readonly paceMs: number;
  /** Whether receivers are told where they begin. */
  readonly isTold: boolean;
  /** Whether offsets grow by one. */
  readonly counts: boolean;
}

interface Receiver {
  readonly connection: WebSocketConnection;
  readonly ledger: Ledger;
  /** It gets messages early, and is told nothing. */
  readonly isEarly: boolean;
}

const PUBLISHERS = 4; // of each process
const NOTHING_TOLD = { isTold: false, counts: false };
/** Nothing has come for so long: what is missing now stays missing. */
const QUIET_MS = 10_000;
/** Messages that a receiver may be behind before publishers wait for it. */
const MOST_BEHIND = 500;
/** Most time for the answers of all subscriptions. */
const BEGIN_MS = 60_000;

async function receive({ connection, ledger }: Receiver): Promise<void> {
  for await (const message of connection) ledger.take(String(message));
}

async function openAll(
  { urls }: Fleet,
  chronicle: Chronicle,
  options: SeedOptions,
): Promise<Receiver[][]> {
  const { seed, connections, isTold } = options;
  return await Promise.all(urls.map(async (url) => {
    const opened: Receiver[] = [];
    for (let count = 0; count < connections; count++) {
      const isEarly = isTold && count === connections - 1;
      const since = isTold && !isEarly ? "&since=:0" : "";
      const connection = await connect(`${url}/?topic=t${seed}${since}`);
      const ledger = new Ledger(chronicle, isEarly ? NOTHING_TOLD : options);
      const receiver = { connection, ledger, isEarly };
      opened.push(receiver);
      void receive(receiver);
    }
    return opened;
  }));
}

/** Waits until all have subscribed. Those that are told nothing get a second for it. */
async function whenBegun(receivers: readonly Receiver[]): Promise<void> {
  const until = performance.now() + BEGIN_MS;
  await sleep(1_000);
  while (!receivers.every(({ ledger }) => ledger.hasBegun)) {
    if (performance.now() > until) throw new Error("a subscription was not answered");
    await sleep(50);
  }
}

async function publish(receiver: Receiver, message: string): Promise<void> {
  const { connection } = receiver;
  if (connection.readyState !== ReadyState.OPEN) {
    const { code, reason, cause } = await connection.closed;
    throw new Error(`a publisher was closed: ${code} ${reason} ${cause}`);
  }
  await connection.send(message);
}

/**
 * Waits while a receiver is far behind, because the machine may not carry what ten thousand
 * messages to 900 receivers are at once. An engine that is away is not waited for.
 */
async function whenNear(receivers: readonly Receiver[], { sent }: Chronicle): Promise<void> {
  const until = performance.now() + 500;
  const isBehind = ({ ledger }: Receiver) => ledger.count < sent.length - MOST_BEHIND;
  while (performance.now() < until && receivers.some(isBehind)) await sleep(10);
}

/** Waits until nothing comes: also when enough is told to be lost, more may come. */
async function whenQuiet(receivers: readonly Receiver[]): Promise<void> {
  const isDone = () => receivers.every(({ ledger }) => ledger.missing().length === 0);
  for (let last = -1, until = 0;; await sleep(500)) {
    const count = receivers.reduce((sum, { ledger }) => sum + ledger.count, 0);
    if (count === last && (performance.now() > until || isDone())) return;
    if (count !== last) until = performance.now() + QUIET_MS;
    last = count;
  }
}

/** Runs one seed, and tells what does not add up. */
export async function runSeed(fleet: Fleet, options: SeedOptions): Promise<string[]> {
  const { seed, messages, faults: count, paceMs } = options;
  const random = makeRandom(seed), chronicle = new Chronicle();
  const processes = await openAll(fleet, chronicle, options), all = processes.flat();
  await whenBegun(all);
  const started = performance.now();
  const each = Math.ceil(messages / (PUBLISHERS * processes.length));
  const faultAt = Array.from({ length: count }, () => Math.floor(random() * each));
  const disturbed: string[] = [];
  let disturbing = Promise.resolve();
  for (let number = 0; number < each; number++) {
    for (const [index, receivers] of processes.entries()) {
      for (const [publisher, receiver] of receivers.slice(0, PUBLISHERS).entries()) {
        const message = `p${index}.${publisher}:${number}`;
        chronicle.add(message);
        await publish(receiver, message);
      }
    }
    if (faultAt.includes(number)) {
      disturbing = disturbing.then(async () => void disturbed.push(await fleet.disturb(random)));
    }
    await whenNear(all, chronicle);
    if (paceMs > 0) await sleep(paceMs);
    else if (number % 8 === 0) await sleep(1);
  }
  await disturbing;
  const counting = all.filter(({ isEarly }) => !isEarly);
  await whenQuiet(counting);
  const seconds = (performance.now() - started) / 1000;
  const ends = await Promise.all(
    all.filter(({ connection: { readyState } }) => readyState !== ReadyState.OPEN)
      .map(({ connection }) => connection.closed),
  );
  for (const { connection } of all) connection.abort();
  const complete = counting.filter(({ ledger }) => ledger.count === chronicle.sent.length);
  const told = counting.filter(({ ledger }) => ledger.toldLost > 0);
  const faults = [
    ...ends.slice(0, 3).map(({ code, reason }) => `a connection was closed: ${code} ${reason}`),
    ...all.flatMap((receiver, index) => faultsOf(receiver, index)),
  ];
  console.log(
    `seed ${seed}: ${chronicle.sent.length} sent, ${complete.length} of ${counting.length} receivers ` +
      `have all, ${told.length} were told of losses, ${faults.length} faults, ` +
      `${seconds.toFixed(1)} s (${disturbed.join(", ")})`,
  );
  return faults;
}

function faultsOf({ ledger, isEarly }: Receiver, index: number): string[] {
  const missing = isEarly ? [] : ledger.missing();
  const faults = [
    ...ledger.faults.slice(0, 3),
    ...missing.slice(0, 3).map(({ text }) => `misses ${text}`),
  ];
  if (faults.length === 0) return [];
  return [...faults, ...ledger.notes].map((what) => `receiver ${index}: ${what}`);
}
