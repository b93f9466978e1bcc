/** A handler for tests that are about everything but the handler. @module */
import type { MessageHandler } from "../../src/handler.ts";

/** Takes all messages and does nothing with them. */
export const IDLE: MessageHandler = { message() {} };
