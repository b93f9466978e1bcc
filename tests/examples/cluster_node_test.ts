/** Processes on one port by `node:cluster`. @module */
import { testManyProcesses } from "../helpers/many_processes.ts";

testManyProcesses("cluster/main.ts");
