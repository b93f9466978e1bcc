/**
 * What `deno task test:reach` tries: npm packages, unchanged, on the faces of this library.
 * Each row is one program under `tests/reach/`, and says in words what it proves.
 *
 * @module
 */

/** One program, run on every runtime. */
export interface ReachRow {
  /** The npm packages of the program, with their versions; the first names the row. */
  readonly packages: readonly [string, ...string[]];
  /**
   * The entry point that the packages stand on, or the package that it stands for, as the control.
   */
  readonly face: "./websocket" | "./hooks" | "./ws" | "ws" | "crossws" | "mount" | "./observe";
  /** The program, under `tests/reach/`. It exits with 0 after it has printed `done`. */
  readonly program: string;
  /** Words for the program, for programs that several rows share. */
  readonly words?: readonly string[];
  /** What was done, for the table. */
  readonly done: string;
  /**
   * Of a control: runtimes on which it is not run, because the package itself fails there, and how.
   */
  readonly faults?: Readonly<Record<string, string>>;
}

/** The same program on a face and, as the control, on the package that the face stands for. */
function withControl(
  row: Omit<ReachRow, "faults"> & { readonly face: "./ws" | "./hooks" },
  faults: ReachRow["faults"] = {},
): readonly [ReachRow, ReachRow] {
  const face = row.face === "./ws" ? "ws" : "crossws";
  return [row, { ...row, face, done: ["the same", ...Object.values(faults)].join("; "), faults }];
}

const WS = "ws@8.23.0";
const MOUNTED = "page, echo of text and 70 kB, foreign origin, unknown path";

/** An example of a framework, with our mount on its server. */
function mountRow(
  example: string,
  packages: ReachRow["packages"],
  { done = MOUNTED, words = [], faults }: Partial<Pick<ReachRow, "done" | "words" | "faults">> = {},
): ReachRow {
  const told = faults === undefined ? done : [done, ...Object.values(faults)].join("; ");
  const program = "mounts/run.ts", allWords = [example, ...words];
  return { packages, face: "mount", program, words: allWords, done: told, ...faults && { faults } };
}

const SOCKET_IO: ReachRow["packages"] = ["socket.io@4.8.4", "socket.io-client@4.8.4"];

/** Frameworks and neighbours on one server with a mount; `deno task test:mounts`. */
const MOUNT_ROWS: readonly ReachRow[] = [
  mountRow("express", ["express@5.3.0", "express-session@1.19.0"], {
    done: `${MOUNTED}; the session's user is the context`,
  }),
  mountRow("fastify", ["fastify@5.12.8"]),
  mountRow("koa", ["koa@3.3.0"]),
  mountRow("hono", ["hono@4.13.19"], { done: `${MOUNTED}; as fetch of serve` }),
  mountRow("elysia", ["elysia@1.4.30"], { done: `${MOUNTED}; as fetch of serve` }),
  mountRow("h3", ["h3@2.0.8"], { done: `${MOUNTED}; as fetch of serve` }),
  mountRow("oak", ["@oakserver/oak@14.1.0"], { done: `${MOUNTED}; as fetch of serve` }),
  mountRow("nest", [
    "@nestjs/core@12.5.1",
    "@nestjs/common@12.5.1",
    "@nestjs/platform-express@12.5.1",
    "@nestjs/websockets@12.1.1",
    "reflect-metadata@0.2.2",
    "rxjs@7.8.2",
  ], { done: "page, a gateway on a WebSocketAdapter of ours" }),
  mountRow("next", ["next@16.4.6", "react@19", "react-dom@19"], {
    done: "a custom server in development: hot reloading keeps its socket",
    faults: { deno: "Next is made for Node", bun: "and not for Bun" },
  }),
  mountRow("json_schema", ["zod@4.6.7"], {
    done: "a message that fits its schema, one that does not, and one that is no JSON",
  }),
  ...["first", "last"].flatMap((order) =>
    ["true", "false"].map((destroys) =>
      mountRow("socket_io", SOCKET_IO, {
        done: `a call by socket.io over its WebSocket; ours ${order}, destroyUpgrade ${destroys}`,
        words: [`ORDER=${order}`, `DESTROY_UPGRADE=${destroys}`],
      })
    )
  ),
  mountRow("ws_beside", [WS], { done: "an echo of ws on its path" }),
  mountRow("vite", ["vite@8.4.0"], { done: "hot reloading keeps its socket" }),
  mountRow("webpack", ["webpack@5", "webpack-dev-server@6.1.0"], {
    done: "reloading keeps its socket",
  }),
];

/** All rows, in the order of the table. */
export const REACH_ROWS: readonly ReachRow[] = [
  ...MOUNT_ROWS,
  {
    packages: ["graphql-ws@6.4.2", "graphql@16.15.0"],
    face: "./websocket",
    program: "websocket/graphql_ws.ts",
    done: "queries and subscriptions at once, with the package's own server; its keepalive",
  },
  {
    packages: ["graphql-ws@6.4.2", "graphql@16.15.0"],
    face: "./websocket",
    program: "websocket/graphql_ws_fake.ts",
    done:
      "on the fake class of ./testing: a stalled network is found by pings 12 s apart, in no time",
  },
  {
    packages: ["@trpc/client@11.25.2", "@trpc/server@11.25.2"],
    face: "./websocket",
    program: "websocket/trpc_client.ts",
    done:
      "query, subscription, keepalive; a call fails with its connection, the next one reconnects",
  },
  {
    packages: ["@supabase/realtime-js@2.119.1"],
    face: "./websocket",
    program: "websocket/supabase_realtime.ts",
    done: "joins a channel with its key, its own broadcast comes back and is acknowledged",
  },
  {
    packages: ["phoenix@1.8.16"],
    face: "./websocket",
    program: "websocket/phoenix.ts",
    done: "join, push, broadcast; after a lost connection it joins again by itself",
  },
  {
    packages: ["@stomp/stompjs@7.5.0"],
    face: "./websocket",
    program: "websocket/stompjs.ts",
    done: "subscription, message with receipt, heartbeats, disconnection, with a subprotocol",
  },
  {
    packages: ["@microsoft/signalr@10.0.11"],
    face: "./websocket",
    program: "websocket/signalr.ts",
    done: "invocation, stream, call by the server; header fields as options of the class",
  },
  {
    packages: ["partysocket@1.3.0"],
    face: "./websocket",
    program: "websocket/partysocket.ts",
    done: "text and bytes, reconnection after a loss, close code and reason",
  },
  {
    packages: ["reconnecting-websocket@4.4.0"],
    face: "./websocket",
    program: "websocket/reconnecting_websocket.ts",
    done: "echo; the server drops the connection, and the client comes back by itself",
  },
  {
    packages: ["y-websocket@3.1.0", "yjs@13.6.33"],
    face: "./websocket",
    program: "websocket/y_websocket.ts",
    done: "two documents come to agree",
  },
  {
    packages: ["@hocuspocus/provider@4.8.0", "yjs@13.6.33", "y-protocols@1.0.7"],
    face: "./websocket",
    program: "websocket/hocuspocus_provider.ts",
    done: "authentication, two documents come to agree through one of the server",
  },
  {
    packages: ["@nats-io/nats-core@3.4.0"],
    face: "./websocket",
    program: "websocket/nats_core.ts",
    done: "publish, subscribe, request and reply, round trip (the successor of nats.ws)",
  },
  {
    packages: ["rsocket-websocket-client@0.0.27", "rsocket-core@0.0.27"],
    face: "./websocket",
    program: "websocket/rsocket_websocket_client.ts",
    done: "request and response, a stream, in binary frames",
  },
  {
    packages: ["ethers@6.17.0"],
    face: "./websocket",
    program: "websocket/ethers.ts",
    done: "JSON-RPC, a subscription to blocks; a class with header fields of its own",
  },
  {
    packages: ["centrifuge@5.8.0"],
    face: "./websocket",
    program: "websocket/centrifuge.ts",
    done: "token, subscription, publication, pings of the server",
  },
  ...withControl({
    packages: ["socket.io@4.8.4", "socket.io-client@4.8.4", WS],
    face: "./ws",
    program: "ws/socket_io.ts",
    done:
      "wsEngine: acknowledgements, binary, rooms, a polling client that upgrades, a message too big",
  }),
  ...withControl({
    packages: ["@trpc/server@11.25.2", "@trpc/client@11.25.2", WS],
    face: "./ws",
    program: "ws/trpc.ts",
    done:
      "applyWSSHandler: query, mutation, 2 subscriptions at once, keepalive, reconnect notification",
  }),
  ...withControl({
    packages: ["graphql-ws@6.4.2", "graphql@16.11.0", WS],
    face: "./ws",
    program: "ws/graphql_ws.ts",
    done: "use/ws: queries while a subscription runs, its end by the client, pings, dispose",
  }),
  ...withControl({
    packages: ["@y/websocket-server@0.1.1", "y-websocket@3.1.0", "yjs@13.6.27", WS],
    face: "./ws",
    program: "ws/y_websocket.ts",
    done: "two documents and their awareness become one; a third gets all of it later",
  }),
  ...withControl({
    packages: ["express@5.3.0", WS],
    face: "./ws",
    program: "ws/express.ts",
    done: "routes with middleware over handleUpgrade, as express-ws mounts them; HTTP beside them",
  }),
  ...withControl({
    packages: ["peer@1.0.2", WS],
    face: "./ws",
    program: "ws/peer.ts",
    done: "createWebSocketServer: an offer from one client to another, an unknown key is refused",
  }),
  ...withControl({
    packages: ["sharedb@7.0.0", "@teamwork/websocket-json-stream@2.0.0", WS],
    face: "./ws",
    program: "ws/sharedb.ts",
    done: "streams of JSON over sockets of both sides: two clients' operations come to agree",
  }),
  ...withControl({
    packages: ["graphql-ws@6.4.2", "graphql@16.15.0", "crossws@0.4.17", "srvx@1.0.8"],
    face: "./hooks",
    program: "hooks/graphql_ws.ts",
    done: "use/crossws: queries while a subscription runs, its end by the client, onDisconnect",
  }),
  ...withControl({
    packages: [
      "@hocuspocus/server@4.7.0",
      "@hocuspocus/provider@4.8.0",
      "yjs@13.6.33",
      "y-protocols@1.0.7",
      "srvx@1.0.8",
    ],
    face: "./hooks",
    program: "hooks/hocuspocus.ts",
    done: "authentication, two documents become one, a stranger is refused, documents are unloaded",
  }, {
    bun: "on Bun peer.websocket of crossws 0.4.17 cannot send (ERR_INVALID_THIS)",
  }),
  ...withControl({
    packages: ["h3@2.0.8", "crossws@0.4.17"],
    face: "./hooks",
    program: "hooks/h3.ts",
    done:
      "an application: pages, hooks with topics and context, close codes, middleware that refuses",
  }),
  ...withControl({
    packages: ["nitro@3.0.0", "crossws@0.4.17", "srvx@1.0.8"],
    face: "./hooks",
    program: "hooks/nitro.ts",
    done: "an application, built by its command: a page, hooks with a topic, close codes, no route",
  }),
  {
    packages: [
      "@opentelemetry/api@1.9.0",
      "@opentelemetry/core@2.12.1",
      "@opentelemetry/sdk-metrics@2.12.1",
      "@opentelemetry/sdk-trace-base@2.12.1",
    ],
    face: "./observe",
    program: "observe/open_telemetry.ts",
    done: "openTelemetry: every metric, a span a connection, its link to the request's span",
  },
];
