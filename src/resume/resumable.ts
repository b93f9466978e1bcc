/**
 * Handlers whose connections outlive their transports.
 *
 * @module
 */
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import { checkHandler } from "../connection/check_handler.ts";
import { reportOnConsole } from "../connection/context.ts";
import { tell } from "../connection/report.ts";
import type { OptionChecks } from "../options.ts";
import { checkOptions, isAtLeast, isType } from "../connection/option_checks.ts";
import { isResponse } from "../response.ts";
import { isPromise } from "../promises.ts";
import type { ResumeOutcome } from "./outcome.ts";
import { keepServers } from "../server/inner_connections.ts";
import { Sessions } from "./sessions.ts";
import { RESUME_PROTOCOL } from "./wire_format.ts";

/** How long sessions are kept, and their limits. */
export interface ResumableOptions {
  /**
   * Most bytes that one session keeps: messages that its client has not acknowledged, and those
   * that its handler has not read. The promise of `send()` waits above 256 KiB. A handler that
   * ignores it ends the session at this limit.
   *
   * @default {4194304}
   */
  bufferBytes?: number;
  /**
   * Seconds that a client has to reconnect.
   *
   * @default {60} Longer than most outages of a network or restarts of a proxy.
   */
  seconds?: number;
  /**
   * Most sessions that wait for their clients. Beyond this number the one that has waited longest
   * ends.
   *
   * @default {1024}
   */
  maxDetached?: number;
  /**
   * Called after each lost connection: tells whether the session continued, and if not, which
   * messages were lost.
   */
  onResume?: (connection: WebSocketConnection, outcome: ResumeOutcome) => void;
  /**
   * Called with an error that a handler threw in a session.
   *
   * @default {console.error}
   */
  onError?: (error: unknown, connection: WebSocketConnection) => void;
}

const RESUMABLE_CHECKS: OptionChecks<ResumableOptions> = {
  bufferBytes: isAtLeast(1),
  seconds: isAtLeast(0),
  maxDetached: isAtLeast(0),
  onResume: isType("function"),
  onError: isType("function"),
};

/** The environment of sessions, which tests replace. */
export interface ResumableHost {
  readonly clock: Clock;
  makeId(): string;
}

/**
 * Names have 122 random bits, because a client that guesses the name of a session can take it over.
 */
const realHost: ResumableHost = { clock: systemClock, makeId: () => crypto.randomUUID() };

type Produced = Awaited<ReturnType<HandlerProducer>>;

/** See `resumable` of the entry point. */
export function makeResumable(
  handler: WebSocketHandler | HandlerProducer,
  options: ResumableOptions,
  host: ResumableHost = realHost,
): HandlerProducer {
  if (typeof handler !== "function") checkHandler(handler);
  checkOptions("resumable", options, RESUMABLE_CHECKS);
  keepServers();
  const { onResume, onError = reportOnConsole } = options;
  const sessions = new Sessions({
    ...host,
    makeId: () => host.makeId(),
    bufferBytes: options.bufferBytes ?? 4 * 1024 * 1024,
    seconds: options.seconds ?? 60,
    maxDetached: options.maxDetached ?? 1_024,
    onResume: (connection, outcome) =>
      tell(() => onResume?.(connection, outcome), (error) => onError(error, connection)),
    onError,
  });
  return (request, offered, opening) => {
    if (!offered.includes(RESUME_PROTOCOL)) return produce(handler, request, offered, opening);
    const inner = offered.filter((protocol) => protocol !== RESUME_PROTOCOL);
    const wrap = (produced: Produced): Produced =>
      produced === null || produced === undefined || isResponse(produced)
        ? produced
        : sessions.makeHandler(checkHandler(produced));
    const produced = produce(handler, request, inner, opening);
    return isPromise(produced) ? produced.then(wrap) : wrap(produced);
  };
}

function produce(
  handler: WebSocketHandler | HandlerProducer,
  ...[request, protocols, opening]: Parameters<HandlerProducer>
): ReturnType<HandlerProducer> {
  return typeof handler === "function" ? handler(request, protocols, opening) : handler;
}
