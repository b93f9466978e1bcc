/**
 * The sans-I/O machine of RFC 6455, for those who bring their own I/O.
 *
 * @example
 * ```ts
 * import { CollectingOutput, Protocol } from "@fullduplex/websocket/protocol";
 *
 * const output = new CollectingOutput();
 * const client = new Protocol({
 *   role: "client",
 *   output,
 *   maskingKeys: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
 *   sink: {
 *     beginMessage: () => "message",
 *     onMessage: () => true,
 *     onFragment: () => true,
 *     onPing() {},
 *     onPong() {},
 *     onClose() {},
 *     onViolation() {},
 *   },
 * });
 * client.sendMessage("hello");
 * console.log(output.take().length); // 11: two bytes of header, the key, the text
 * ```
 *
 * @module
 */
export { DEFAULT_MAX_MESSAGE_BYTES } from "../defaults.ts";
export type { Message, MessageType } from "../message.ts";
export { type Rule, type Violation, Violations } from "./violations.ts";
export { WebSocketError, type WebSocketErrorCode, type WebSocketErrorOptions } from "../errors.ts";
export { checkFrameHeader, type FrameContext } from "./check_header.ts";
export { CloseCode, isWireCloseCode } from "./close_code.ts";
export { FrameDecoder, type FrameSink, type Step } from "./frame_decoder.ts";
export { type FrameBits, FrameEncoder, type MaskingKeySource, WHOLE } from "./frame_encoder.ts";
export { FrameHeader, readFrameHeader, writeFrameHeader } from "./frame_header.ts";
export type { EncodeFragmentOptions, MessageCodec, MessageDecoder } from "./message_codec.ts";
export { type MessageOptions, WHOLE_MESSAGE } from "./message_options.ts";
export { isControl, Opcode } from "./opcode.ts";
export { CollectingOutput, type Output } from "./output.ts";
export { Protocol } from "./protocol.ts";
export {
  type ClientProtocolOptions,
  type CommonProtocolOptions,
  type ProtocolOptions,
  type ProtocolTuning,
  type ServerProtocolOptions,
} from "./protocol_options.ts";
export type { Delivery, MessageHead, ProtocolSink } from "./protocol_sink.ts";
export type { ProtocolState } from "./protocol_state.ts";
export type { Role } from "./role.ts";
export type { TextAcceleration } from "./utf8.ts";
