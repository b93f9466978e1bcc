/**
 * Observation of servers: a plain interface, channels of `node:diagnostics_channel`, OpenTelemetry,
 * numbers for a metrics endpoint, and an inspector page. A server that is not observed has no extra
 * cost.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { collect } from "@fullduplex/websocket/observe";
 *
 * const server = await serve({}, { message: (connection, text) => connection.send(text) });
 * const numbers = collect(server);
 * console.log(numbers.active, numbers.received, numbers.roundTrips.percentile(0.99));
 * await server.close();
 * ```
 *
 * @module
 */
export { type DiagnosticsChannel, type DiagnosticsChannels, toChannels } from "./channels.ts";
export type { ChannelMessage } from "./channels.ts";
export { collect, type Collector, type ConnectionStats, nameEnding } from "./collector.ts";
export type { Histogram } from "./histogram.ts";
export { inspector, type InspectorOptions } from "./inspector.ts";
export { type ObservableServer, observe } from "./observe.ts";
export type { ClosedConnection, DroppedMessage, Observer, OpenedConnection } from "./observer.ts";
export type { Dropped } from "../server/drops.ts";
export { openTelemetry, type OpenTelemetryApi } from "./open_telemetry.ts";
export type {
  TelemetryAttributes,
  TelemetryCallback,
  TelemetryCounter,
  TelemetryGauge,
  TelemetryInstrument,
  TelemetryMeter,
  TelemetryOptions,
  TelemetrySpan,
} from "./open_telemetry.ts";
