/**
 * Facts that are read from esbuild's metafile, and the modules that a browser must not load.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  findFeatures,
  findIntruders,
  type Metafile,
  readLoaded,
  readModules,
} from "../../../scripts/package/bundle.ts";

describe("readLoaded", () => {
  it("keeps the outputs that the program reaches, and no chunk of a module that was left out", () => {
    const output = (...paths: string[]) => ({
      inputs: {},
      imports: paths.map((path) => ({ path })),
    });
    const outputs = {
      "out/stdin.js": { ...output("out/used.js"), entryPoint: "<stdin>" },
      "out/used.js": output("out/shared.js"),
      "out/shared.js": output("out/used.js"),
      "out/unused.js": { ...output("out/shared.js"), entryPoint: "src/unused.js" },
    };
    const loaded = Object.keys(readLoaded({ outputs }).outputs);
    assert.deepEqual(loaded, ["out/stdin.js", "out/used.js", "out/shared.js"]);
  });
});

describe("readModules", () => {
  it("gives what left bytes in any output, and what is imported at run time", () => {
    const metafile: Metafile = {
      outputs: {
        "out/stdin.js": {
          inputs: {
            "<stdin>": { bytesInOutput: 20 },
            "src/runtime/web/mod.js": { bytesInOutput: 0 },
            "src/errors.js": { bytesInOutput: 7 },
          },
          imports: [{ path: "out/chunk.js" }, { path: "node:net", external: true }],
        },
        "out/chunk.js": { inputs: { "src/a.js": { bytesInOutput: 1 } }, imports: [] },
      },
    };
    assert.deepEqual(readModules(metafile), ["node:net", "src/a.js", "src/errors.js"]);
  });
});

describe("findIntruders", () => {
  it("knows what only servers and other runtimes need", () => {
    const intruders = [
      "node:net",
      "src/server/routes.js",
      "esm/src/client/client.js", // as dnt has it
      "src/handshake/sha1.js",
      "src/runtime/node/mod.js",
      "src/runtime/node_builtins/zlib/codec.js",
      "src/framed/frame_wire.js",
      "src/framed/pings.js",
    ];
    assert.deepEqual(findIntruders(intruders), intruders);
  });

  it("leaves the client alone", () => {
    const modules = [
      "src/runtime/web/connect.js",
      "src/native/native_wire.js",
      "src/connection/connection.js",
      "src/protocol/close_code.js",
      "src/errors.js",
    ];
    assert.deepEqual(findIntruders(modules), []);
  });
});

describe("findFeatures", () => {
  it("knows the modules of entry points of their own", () => {
    const features = ["src/ws/server.js", "src/hooks/peer.js", "src/websocket/mod.js"];
    const others = ["src/server/server.js", "src/native/web_socket.js", "node:http"];
    assert.deepEqual(findFeatures([...others, ...features]), features);
  });
});
