/**
 * Small helpers for promises.
 *
 * @module
 */

/** A fulfilled promise, shared so that `send` allocates nothing while the wire can take more. */
export const READY: Promise<void> = Promise.resolve();

/** A promise with the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(reason: unknown): void;
}

/** As `Promise.withResolvers`, which Node 20 does not have. */
export function makeDeferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>["resolve"], reject!: Deferred<T>["reject"];
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Marks a rejection as handled, so that a caller may ignore the promise. */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {}); // a caller that awaits `promise` still sees the rejection
  return promise;
}

/** Whether a handler's result is a promise, which has to be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

/** Settles as the promise does, or rejects with the signal's reason if that comes first. */
export function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined || promise === (READY as Promise<unknown>)) return promise;
  if (signal.aborted) {
    markHandled(promise);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
