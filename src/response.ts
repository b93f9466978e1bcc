/**
 * Recognizes responses of the application from any realm. Responses made in `node:vm`, and in test
 * runners that use it, are not instances of this realm's class.
 *
 * @module
 */

/** Whether a value is a `Response`. */
export function isResponse(value: unknown): value is Response {
  return value instanceof Response ||
    (Object.prototype.toString.call(value) === "[object Response]" &&
      typeof value === "object" && value !== null && "status" in value && "headers" in value);
}
