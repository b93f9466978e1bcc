/**
 * How the servers of `task soak` are started so that their memory tells of the library and not of the
 * runtime's allocators.
 *
 * @module
 */

/** The collector can be called. Bun's needs no flag. */
export const GC_FLAGS = {
  node24: ["--expose-gc"],
  deno: ["--v8-flags=--expose-gc"],
  bun: [],
} as const;

/**
 * V8 doubles its young generation now and then, up to 32 MiB a half and some minutes into the
 * load, whatever it runs. Begun at that size, its memory tells of us and not of V8.
 */
export const GROWN_FLAGS = {
  node24: ["--min-semi-space-size=32", "--max-semi-space-size=32"],
  deno: ["--v8-flags=--min-semi-space-size=32,--max-semi-space-size=32"],
  bun: [],
} as const;

/**
 * The system's allocator gives back what is freed. With an arena for each thread of Node, or with
 * large blocks in the heap (glibc puts them there once it has freed one), it keeps 5 MiB more in
 * every minute for the first 20, of which 12 MiB in all are in use (`malloc_stats`).
 */
export const GIVING_BACK = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "131072",
  MALLOC_TRIM_THRESHOLD_: "131072",
};
