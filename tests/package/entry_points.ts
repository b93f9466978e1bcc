/**
 * Imports every entry point that is named: each can be loaded on every runtime, and what is
 * for another one fails when it is called.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import process from "node:process";

const specifiers = process.argv.slice(2);
for (const specifier of specifiers) {
  const names = Object.keys(await import(specifier));
  assert.ok(names.length > 0, `${specifier} exports ${names}`);
  if (!("Deno" in globalThis) && !("Bun" in globalThis)) {
    const required: object = createRequire(import.meta.url)(specifier);
    assert.deepEqual(Object.keys(required).filter((name) => name !== "__esModule"), names);
  }
}
const [main] = specifiers;
const { serve, connect, routes, WebSocketError } = await import(main!);
for (const value of [serve, connect, routes, WebSocketError]) {
  assert.equal(typeof value, "function");
}
console.log(`imported ${specifiers.length}`);
