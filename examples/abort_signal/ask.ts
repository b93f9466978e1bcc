/**
 * A question that can be called off at any point: while connecting, while sending, while waiting
 * for the answer.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket".
import { connect } from "../../mod.ts";

/** Rejects with the signal's reason when it is aborted, and leaves no connection behind. */
export async function ask(
  url: string | URL,
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  const connection = await connect(url, { signal });
  try {
    await connection.send(question, { signal });
    return await connection.readText({ signal });
  } finally {
    if (signal.aborted) connection.abort(signal.reason);
    else await connection.close();
  }
}
