/**
 * What `deno task test:reach` tries: npm packages, unchanged, on the faces of this library.
 * Each row is one program under `tests/reach/`, and says in words what it proves.
 *
 * @module
 */

/** One program, run on every runtime. */
export interface ReachRow {
  /** The npm packages of the program, with their versions; the first names the row. */
  readonly packages: readonly [string, ...string[]];
  /** The entry point that the packages stand on. */
  readonly face: "./websocket" | "./hooks" | "./ws";
  /** The program, under `tests/reach/`. It exits with 0 after it has printed `done`. */
  readonly program: string;
  /** What was done, for the table. */
  readonly done: string;
}

/** All rows, in the order of the table. */
export const REACH_ROWS: readonly ReachRow[] = [
  {
    packages: ["reconnecting-websocket@4.4.0"],
    face: "./websocket",
    program: "websocket/reconnecting_websocket.ts",
    done: "echo; the server drops the connection, and the client comes back by itself",
  },
];
