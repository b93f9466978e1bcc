/** The example that mounts on `Bun.serve`. @module */
import { testMountExample } from "../helpers/mount_example.ts";

testMountExample("bun_serve");
