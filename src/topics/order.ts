/**
 * The order in which a subscriber gets the messages of several processes.
 *
 * @module
 */

/**
 * The order of messages on topics with a history in a backplane. The engine numbers the messages
 * of all processes, and it may be away:
 *
 * - `"publisher"`: a message is delivered in its own process at once while the engine is away, or
 *   if the engine has not returned it within a second. Such a message is early: it has no position.
 *   Messages of each publisher keep their order; those of two publishers may have another order
 *   in other processes.
 * - `"total"`: every subscriber in every process gets the same order. Messages wait for the engine.
 */
export type MessageOrder = "publisher" | "total";

/** The order of a subscription. */
export interface OrderOptions {
  /**
   * How messages of several processes are ordered.
   *
   * @default {"publisher"} A chat room should go on without its engine; `"total"` for a
   * subscription with `announce` and without `format`, whose receiver can know its position only by
   * counting.
   */
  order?: MessageOrder;
}
