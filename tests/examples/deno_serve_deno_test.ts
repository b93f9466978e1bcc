/** The example that mounts on `Deno.serve`. @module */
import { testMountExample } from "../helpers/mount_example.ts";

testMountExample("deno_serve");
