/**
 * `echo.ts` whose garbage is collected thirty times a second, so that its memory tells what the
 * library holds, and not how much garbage its runtime likes to gather first: tens of MiB of
 * buffers on Node and Deno, for the barest echo on `node:net` too.
 *
 * @module
 */
declare const Bun: { gc(force: boolean): void };
/** Given by `--expose-gc`. */
declare const gc: () => void;

const collect = "Bun" in globalThis ? () => Bun.gc(true) : gc;
setInterval(collect, 30).unref?.();
await import("../echo.ts");
