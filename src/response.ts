/**
 * Responses of the application, of whatever realm: those of `node:vm`, and of test runners that
 * stand on it, are no instances of this realm's class.
 *
 * @module
 */

/** Whether a value is a `Response`. */
export function isResponse(value: unknown): value is Response {
  return value instanceof Response ||
    (Object.prototype.toString.call(value) === "[object Response]" &&
      typeof value === "object" && value !== null && "status" in value && "headers" in value);
}
