/**
 * Metrics and spans through the application's OpenTelemetry API object. This library therefore
 * needs no package, and the application chooses the version.
 *
 * @module
 */
import type { CloseInfo, SendingConnection } from "../handler.ts";
import { WebSocketError } from "../errors.ts";
import { measureHeld } from "./held_bytes.ts";
import { type ObservableServer, observe } from "./observe.ts";

/** Names and values of one measurement. */
export type TelemetryAttributes = Record<string, string | number>;

/** The part of a synchronous instrument that is used: `record` of histograms, `add` of counters. */
export interface TelemetryInstrument {
  /** Takes a value of a histogram. */
  record(value: number, attributes?: TelemetryAttributes): void;
}

/** The part of a counter that is used. */
export interface TelemetryCounter {
  /** Adds to the counter. */
  add(value: number, attributes?: TelemetryAttributes): void;
}

/** The part of an asynchronous instrument that is used. */
export interface TelemetryGauge {
  /** Adds a callback that provides values when they are collected. */
  addCallback(callback: TelemetryCallback): void;
  /** Removes the callback. */
  removeCallback(callback: TelemetryCallback): void;
}

/** Provides the values of a gauge. */
export type TelemetryCallback = (
  result: { observe(value: number, attributes?: TelemetryAttributes): void },
) => void;

/** Description of an instrument. */
export interface TelemetryOptions {
  /** Description in words. */
  description: string;
  /** Unit in UCUM notation: `s`, `By`, `{connection}`. */
  unit: string;
}

/** The part of a meter that is used. */
export interface TelemetryMeter {
  /** Makes a histogram. */
  createHistogram(name: string, options: TelemetryOptions): TelemetryInstrument;
  /** Makes a counter. */
  createCounter(name: string, options: TelemetryOptions): TelemetryCounter;
  /** Makes a gauge whose values add up over servers. */
  createObservableUpDownCounter(name: string, options: TelemetryOptions): TelemetryGauge;
}

/** The part of a span that is used. */
export interface TelemetrySpan {
  /** Adds attributes. */
  setAttributes(attributes: TelemetryAttributes): unknown;
  /** Sets the status. 2 is `ERROR`. */
  setStatus(status: { code: 2; message?: string }): unknown;
  /** Ends the span. */
  end(): void;
}

/**
 * The part of the module `@opentelemetry/api` that is used. `Context` and `SpanContext` are types
 * of the module, whose values are only passed on.
 */
export interface OpenTelemetryApi<Context, SpanContext> {
  /** Meters. */
  readonly metrics: { getMeter(name: string): TelemetryMeter };
  /** Tracers. */
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: {
        kind: 1; // SERVER
        attributes: TelemetryAttributes;
        links: { context: SpanContext }[];
      }): TelemetrySpan;
    };
    getSpanContext(context: Context): SpanContext | undefined;
  };
  /** Reads the context that a request carries. */
  readonly propagation: { extract(context: Context, carrier: Record<string, string>): Context };
  /** The context of the program. */
  readonly context: { active(): Context };
}

const NAME = "@fullduplex/websocket";

/**
 * Measures a server with OpenTelemetry, and makes one span for each connection, which links to the
 * span in the request's `traceparent`, because a connection outlives the request that opened it.
 *
 * | metric | unit | attributes |
 * | --- | --- | --- |
 * | `websocket.connection.active` | connections | |
 * | `websocket.connection.duration` | s | code, initiator, `error.type` |
 * | `websocket.handshake.refused` | handshakes | rule, status |
 * | `websocket.message.size` | bytes | direction |
 * | `websocket.message.dropped` | messages | |
 * | `websocket.buffered_bytes` | bytes | direction: `sent` waits for the network, `received` for the handler |
 * | `websocket.rtt` | s | |
 * | `websocket.close` | connections | code, initiator, `error.type` |
 *
 * @param server A server of `serve`, or a mount.
 * @param api The module `@opentelemetry/api`, version 1.
 * @returns A function that ends it.
 * @throws {TypeError} if `server` is no server of this library, or `api` is not that module.
 *
 * @example
 * ```ts ignore
 * import * as api from "@opentelemetry/api";
 * import { openTelemetry } from "@fullduplex/websocket/observe";
 *
 * openTelemetry(server, api);
 * ```
 */
export function openTelemetry<Context, SpanContext>(
  server: ObservableServer,
  api: OpenTelemetryApi<Context, SpanContext>,
): () => void {
  if (typeof api?.metrics?.getMeter !== "function" || typeof api.trace?.getTracer !== "function") {
    throw new TypeError("openTelemetry: api must be the module @opentelemetry/api");
  }
  const meter = api.metrics.getMeter(NAME), tracer = api.trace.getTracer(NAME);
  const spans = new WeakMap<SendingConnection, TelemetrySpan>();
  const duration = meter.createHistogram("websocket.connection.duration", {
    description: "Time from the opening of a connection to its end",
    unit: "s",
  });
  const size = meter.createHistogram("websocket.message.size", {
    description: "Size of a message: bytes, or UTF-16 code units of a text",
    unit: "By",
  });
  const roundTrip = meter.createHistogram("websocket.rtt", {
    description: "Time from a ping to its pong",
    unit: "s",
  });
  const refused = meter.createCounter("websocket.handshake.refused", {
    description: "Opening handshakes that were refused",
    unit: "{handshake}",
  });
  const dropped = meter.createCounter("websocket.message.dropped", {
    description: "Messages that topics left out for receivers that do not keep up",
    unit: "{message}",
  });
  const closed = meter.createCounter("websocket.close", {
    description: "Connections that have ended",
    unit: "{connection}",
  });
  const incoming = { direction: "received" }, outgoing = { direction: "sent" };
  const stops = [
    gauge(meter, "websocket.connection.active", {
      description: "Open connections",
      unit: "{connection}",
      callback: (result) => result.observe(server.connections.size),
    }),
    gauge(meter, "websocket.buffered_bytes", {
      description: "Bytes that wait to be given to the system, or to the handler",
      unit: "By",
      callback(result) {
        const { bufferedBytes, unreadBytes } = measureHeld(server.connections);
        result.observe(bufferedBytes, outgoing);
        result.observe(unreadBytes, incoming);
      },
    }),
  ];
  stops.push(observe(server, {
    onOpen({ connection }) {
      const { request, protocol } = connection;
      const carried = Object.fromEntries(request.headers);
      const context = api.trace.getSpanContext(
        api.propagation.extract(api.context.active(), carried),
      );
      const { pathname } = new URL(request.url);
      const span = tracer.startSpan(`WebSocket ${pathname}`, {
        kind: 1,
        attributes: { "url.path": pathname, "websocket.subprotocol": protocol },
        links: context === undefined ? [] : [{ context }],
      });
      spans.set(connection, span);
    },
    onRefuse: ({ rule, status }) => refused.add(1, { rule, "http.response.status_code": status }),
    onReceive: (_connection, length) => size.record(length, incoming),
    onSend: (_connection, length) => size.record(length, outgoing),
    onDrop: () => dropped.add(1),
    onRoundTrip: (_connection, milliseconds) => roundTrip.record(milliseconds / 1_000),
    onClose({ connection, closing, durationMs }) {
      const attributes = describeEnding(closing);
      duration.record(durationMs / 1_000, attributes);
      closed.add(1, attributes);
      const span = spans.get(connection);
      span?.setAttributes(attributes);
      const { cause } = closing;
      if (cause instanceof Error) span?.setStatus({ code: 2, message: cause.message });
      span?.end();
    },
  }));
  return () => stops.forEach((stop) => stop());
}

function gauge(
  meter: TelemetryMeter,
  name: string,
  { callback, ...options }: TelemetryOptions & { readonly callback: TelemetryCallback },
): () => void {
  const instrument = meter.createObservableUpDownCounter(name, options);
  instrument.addCallback(callback);
  return () => instrument.removeCallback(callback);
}

/** Attributes with few values each, because every combination is a time series of its own. */
function describeEnding({ code, initiator, cause }: CloseInfo): TelemetryAttributes {
  const attributes = { "websocket.close.code": code, "websocket.close.initiator": initiator };
  if (cause === undefined) return attributes;
  return { ...attributes, "error.type": cause instanceof WebSocketError ? cause.code : "error" };
}
