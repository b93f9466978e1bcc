/**
 * A server with sessions in memory, and its clients.
 *
 * @module
 */
import type {
  HandlerProducer,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import {
  type ReconnectingConnectOptions,
  startConnect,
} from "../../src/reconnecting/start_connect.ts";
import { makeResumable, type ResumableOptions } from "../../src/resume/resumable.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

/** A server with sessions, and what its handler has seen. */
export interface Served {
  readonly network: MemoryNetwork;
  /** The events of the handler, in order. */
  readonly log: unknown[];
  /** The connections that the handler was given. */
  readonly sessions: SendingConnection[];
  restart(): void;
}

/** Serves sessions in memory. */
export function serve(options: ResumableOptions = {}, produce?: HandlerProducer): Served {
  const log: unknown[] = [], sessions: SendingConnection[] = [];
  const handler: WebSocketHandler = {
    protocol: "chat",
    open: (connection) => {
      log.push("open");
      sessions.push(connection);
    },
    message: (_connection, message) => void log.push(message),
    close: (_connection, { code, wasClean }) => void log.push(`${code} ${wasClean ? "clean" : ""}`),
  };
  let ids = 0;
  const network: MemoryNetwork = new MemoryNetwork(() => null);
  const restart = (): void =>
    network.restart(makeResumable(produce ?? handler, {
      onResume: (_connection, outcome) => void log.push(outcome),
      ...options,
    }, { clock: network.clock, makeId: () => `session-${ids++}` }));
  restart();
  return { network, log, sessions, restart };
}

/** Connects a client with `resume: true`. */
export async function connect(
  { network }: Served,
  options: ReconnectingConnectOptions = {},
): Promise<{ client: WebSocketConnection; outcomes: ResumeOutcome[]; unsent: Message[] }> {
  const outcomes: ResumeOutcome[] = [], unsent: Message[] = [];
  const client = await startConnect(makeTestHost(network), "ws://test/", {
    resume: true,
    reconnect: {
      onResume: (outcome) => void outcomes.push(outcome),
      onUnsent: (messages) => void unsent.push(...messages),
    },
    ...options,
  });
  return { client, outcomes, unsent };
}

/** Cuts the transport, and waits until the client has returned. */
export async function cutAndReturn({ network }: Served): Promise<void> {
  network.cut();
  await network.clock.advance(2_000);
}
