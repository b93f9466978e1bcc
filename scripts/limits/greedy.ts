/**
 * The process of the greedy peers of one case: `greedy.ts INDEX PORT`. They are not in the process
 * of the honest peer, whose round trip would else be that of a busy event loop of its own.
 *
 * @module
 */
import process from "node:process";
import { CASES } from "./cases.ts";

const [index = "", port = ""] = process.argv.slice(2);
const { peers, start } = CASES[Number(index)]!;
for (let i = 0; i < peers; i++) start(Number(port));
