/** The example that mounts on `node:http`. @module */
import { testMountExample } from "../helpers/mount_example.ts";

testMountExample("node_http");
