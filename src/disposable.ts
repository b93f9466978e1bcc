/**
 * `AsyncDisposable` for compilers that do not know it.
 *
 * @module
 */

/**
 * The `AsyncDisposable` of ECMAScript, for `await using`. The standard declaration is missing in
 * TypeScript's `lib` up to `es2024` unless `esnext.disposable` is added. Without it this type
 * requires no member, so that the declarations of this library still compile.
 */
export type AsyncDisposableLike = SymbolConstructor extends
  { readonly asyncDispose: infer Key extends symbol }
  ? { readonly [K in Key]: () => PromiseLike<void> }
  : object;
