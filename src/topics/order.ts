/**
 * In which order a subscriber gets messages of several processes.
 *
 * @module
 */

/**
 * Where a backplane has a history, the engine numbers the messages of all processes, and it may be
 * away:
 *
 * - `"publisher"`: what this process publishes is delivered in it at once while the engine is away,
 *   or has not given it back within a second. Such a message comes early: without a position.
 *   Messages of each publisher keep their order; those of two publishers may have another order
 *   elsewhere.
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
