/**
 * Ordinary requests to the program under test, chosen by path.
 *
 * @module
 */
import type { Notes } from "./notes.ts";
import { sleep } from "./handlers.ts";

/** Answers by path, some of them badly. */
export function answerBy(notes: Notes): (request: Request) => Promise<Response> {
  const answers: Record<string, (request: Request) => Response | Promise<Response>> = {
    "/throws": () => {
      throw new Error("fetch throws");
    },
    "/null": () => null as never,
    "/slow": () => sleep(3_000).then(() => new Response("late")),
    "/events": () => new Response(new ReadableStream({ pull: () => sleep(60_000) })),
    "/broken": () =>
      new Response(new ReadableStream({ pull: () => Promise.reject(new Error("body fails")) })),
    "/body": async (request) => new Response(String((await request.arrayBuffer()).byteLength)),
  };
  return async (request) => {
    notes.fetches++;
    const answer = answers[new URL(request.url).pathname];
    return answer === undefined ? new Response("ordinary") : await answer(request);
  };
}
