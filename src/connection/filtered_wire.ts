/**
 * A wire around another wire. It passes all calls and events on; subclasses count or delay them.
 * Connections without such a wire have no cost.
 *
 * @module
 */
import type { Address, Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { Violation } from "../protocol/violations.ts";
import type { Unread } from "./endings.ts";
import type { FrameFeatures, Streamed, WireFailure } from "./framing.ts";
import type { Wire, WireSink } from "./wire.ts";

/** Passes calls down to a wire, and its events up to a sink. */
export class FilteredWire implements Wire, WireSink {
  protected readonly inner: Wire;
  protected sink!: WireSink;

  constructor(inner: Wire) {
    this.inner = inner;
  }

  /** The wire under all filters. */
  static baseOf(wire: Wire): Wire {
    return wire instanceof FilteredWire ? FilteredWire.baseOf(wire.inner) : wire;
  }

  get remoteAddress(): Address | null {
    return this.inner.remoteAddress;
  }

  get bufferedAmount(): number {
    return this.inner.bufferedAmount;
  }

  get takenBytes(): number {
    return this.inner.takenBytes;
  }

  get unreadBytes(): number {
    return this.inner.unreadBytes;
  }

  get isCongested(): boolean {
    return this.inner.isCongested;
  }

  get isPaused(): boolean {
    return this.inner.isPaused;
  }

  get frames(): FrameFeatures | null {
    return this.inner.frames;
  }

  get work(): number {
    return this.sink.work;
  }

  set work(work: number) {
    this.sink.work = work;
  }

  get needsBreak(): boolean {
    return this.sink.needsBreak === true;
  }

  start(sink: WireSink): void {
    this.sink = sink;
    this.inner.start(this);
  }

  receive(early: Uint8Array): void {
    this.inner.receive(early);
  }

  sendMessage(message: Message, options: MessageOptions): void {
    this.inner.sendMessage(message, options);
  }

  sendStreamed(message: Streamed, options: MessageOptions): void {
    this.inner.sendStreamed(message, options);
  }

  sendPing(payload: Uint8Array): void {
    this.inner.sendPing(payload);
  }

  sendPong(payload: Uint8Array): void {
    this.inner.sendPong(payload);
  }

  checkClose(code: number, reason: string): void {
    this.inner.checkClose(code, reason);
  }

  sendClose(code: number | undefined, reason: string): void {
    this.inner.sendClose(code, reason);
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  ignoreInput(): void {
    this.inner.ignoreInput();
  }

  discardMessage(): void {
    this.inner.discardMessage();
  }

  cork(): void {
    this.inner.cork();
  }

  uncork(): void {
    this.inner.uncork();
  }

  finish(): void {
    this.inner.finish();
  }

  end(): void {
    this.inner.end();
  }

  abort(unread: Unread): void {
    this.inner.abort(unread);
  }

  beginMessage(head: MessageHead): Delivery {
    return this.sink.beginMessage(head);
  }

  onMessage(data: Message): boolean {
    return this.sink.onMessage(data);
  }

  onFragment(data: Message, final: boolean): boolean {
    return this.sink.onFragment(data, final);
  }

  shouldFailNow(): boolean {
    return this.sink.shouldFailNow?.() ?? true;
  }

  onDecoded(bytes: number): void {
    this.sink.onDecoded?.(bytes);
  }

  onPing(payload: Uint8Array): void {
    this.sink.onPing(payload);
  }

  onPong(payload: Uint8Array): void {
    this.sink.onPong(payload);
  }

  onClose(code: number, reason: string): void {
    this.sink.onClose(code, reason);
  }

  onViolation(violation: Violation): void {
    this.sink.onViolation(violation);
  }

  onActivity(bytes: number): void {
    this.sink.onActivity(bytes);
  }

  onDrain(): void {
    this.sink.onDrain();
  }

  onEnding(): void {
    this.sink.onEnding();
  }

  onEnd(): void {
    this.sink.onEnd();
  }

  onFailed(failure: WireFailure): void {
    this.sink.onFailed(failure);
  }

  onClosed(cause?: unknown): void {
    this.sink.onClosed(cause);
  }
}
