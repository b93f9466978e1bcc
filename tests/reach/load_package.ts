/**
 * Loads the npm packages that `deno task test:reach` has installed for a program.
 *
 * @module
 */
import process from "node:process";
import { pathToFileURL } from "node:url";

/**
 * The module of a package (`"yjs"`) or of a part of it (`"partysocket/ws"`). `T` names what the
 * program uses of it: the packages' own types are not loaded.
 */
export async function loadPackage<T>(name: string): Promise<T> {
  const folder = process.env.REACH_PACKAGES;
  if (folder === undefined) throw new Error("REACH_PACKAGES: start it with deno task test:reach");
  const { load } = await import(pathToFileURL(`${folder}/load.mjs`).href);
  return await load(name);
}
