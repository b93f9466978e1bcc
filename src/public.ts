/**
 * Types, errors and routes that every entry point with `serve` and `connect` exports as well.
 *
 * @module
 */
export { WebSocketError } from "./errors.ts";
export type { WebSocketErrorCode, WebSocketErrorOptions } from "./errors.ts";
export type { AsyncDisposableLike } from "./disposable.ts";
export type { ConnectOptions } from "./client/client.ts";
export type { CompressionOptions } from "./framed/compression.ts";
export type { ConnectionLimits } from "./connection/limits.ts";
export type { Address, Message, MessageType } from "./message.ts";
export type {
  Http2Limits,
  ListenOptions,
  Pem,
  TlsClientOptions,
  TlsServerOptions,
} from "./transport/runtime.ts";
export { ReadyState } from "./handler.ts";
export type {
  CloseInfo,
  Fragment,
  HandlerBase,
  HandlerProducer,
  MessageHandler,
  MessageStream,
  Opening,
  Produced,
  ReadOptions,
  Sendable,
  SendingConnection,
  SendOptions,
  SessionHandler,
  WebSocketConnection,
  WebSocketHandler,
} from "./handler.ts";
export type { HeaderList, HeadersSource, RequestHead } from "./handshake/head.ts";
export type { OriginPolicy } from "./handshake/origin_policy.ts";
export { CloseCode } from "./protocol/close_code.ts";
export { Opcode } from "./protocol/opcode.ts";
export { matchPath, routes } from "./server/routes.ts";
export type { Route, Routes, RouteTable } from "./server/routes.ts";
export type { WebSocketServer } from "./server/server.ts";
export type { ServerCloseOptions, ServerCloseReport } from "./server/closing_options.ts";
export type { ServeOptions } from "./server/serve_options.ts";
export type { RefusedUpgrade } from "./server/refusal_report.ts";
export type { MountOptions, UpgradeOptions } from "./server/upgrade_options.ts";
