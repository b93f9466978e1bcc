/** Processes on one port by `reusePort`. @module */
import { testManyProcesses } from "../helpers/many_processes.ts";

testManyProcesses("reuse_port/main.ts");
