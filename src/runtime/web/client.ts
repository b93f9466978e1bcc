/**
 * The meaning of the package's name in a browser: {@linkcode connect}, with the types of the main
 * entry point. It exists because `./web` also has servers, for which a bundler that does not split
 * its output prepares.
 *
 * @example
 * ```ts
 * import { connect } from "@fullduplex/websocket/web/client";
 *
 * export async function ask(question: string): Promise<string | null> {
 *   const connection = await connect("/ask"); // relative to the page
 *   await connection.send(question);
 *   return await connection.readText({ timeoutMs: 5_000 });
 * }
 * ```
 *
 * @module
 */
export * from "../../public.ts";
export { connect } from "./connect.ts";
