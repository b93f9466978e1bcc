/**
 * The end of a server, under what its peers do.
 *
 * @module
 */
import { FRAMED, type HostileCase, outcome, pause, until } from "../case.ts";
import { Peer } from "../peer.ts";
import { frame, TEXT } from "../../conformance/own/frame.ts";

const PEERS = 200;

/** All of them. */
export const CLOSING: readonly HostileCase[] = [
  {
    kind: "20",
    name: "(no attack) server.close() over 200 handlers at work",
    adapters: FRAMED.filter((name) => name !== "other"),
    isQuick: true,
    async run(target) {
      const peers = await Peer.openMany(target.port, PEERS, { path: "/worker", keeps: true });
      const question = frame({ opcode: TEXT, payload: "?" }, "client");
      peers.forEach((peer) => peer.write(question));
      await pause(100);
      const closing = target.close(3_000 * target.slack);
      const answeredAll = () => peers.every((peer) => peer.text.includes("answer"));
      await until(answeredAll, 1_500 * target.slack);
      const answered = peers.filter((peer) => peer.text.includes("answer")).length;
      peers.forEach((peer) => peer.drop());
      const ms = await closing;
      return outcome(answered === PEERS && ms !== null, `${answered} of ${PEERS} answers came`);
    },
  },
];
