/**
 * The topics of an application, as a module of their own that survives reloads.
 *
 * A development server that reloads a module after each change (Vite, Next, Astro) runs it again
 * in the same process. A `Topics` made there would be a new one each time, and the connections that
 * are open would stay in the old one. So it is kept where a reload does not come: on `globalThis`.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket/topics".
import { Topics } from "../../src/topics/mod.ts";

const KEY = Symbol.for("example.topics"); // the same symbol in each run of the module
const kept: typeof globalThis & { [KEY]?: Topics } = globalThis;

/** The topics of this process. */
export const topics: Topics = kept[KEY] ??= new Topics({ policy: "disconnect" });
