/**
 * The OpenTelemetry SDK on a server: every metric of `openTelemetry`, a span for each connection,
 * and its link to the span of the request.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect, serve } from "../../../mod.ts";
import { openTelemetry, type OpenTelemetryApi } from "../../../src/observe/mod.ts";
import { Topics } from "../../../src/topics/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";

interface DataPoint {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | { readonly count: number; readonly sum: number };
}
interface Metric {
  readonly descriptor: { readonly name: string; readonly unit: string };
  readonly dataPoints: readonly DataPoint[];
}
interface Span {
  readonly name: string;
  readonly kind: number;
  readonly ended: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly context: { traceId: string; spanId: string } }[];
}
interface Api extends OpenTelemetryApi<object, { readonly traceId: string }> {
  readonly metrics: OpenTelemetryApi<object, object>["metrics"] & {
    setGlobalMeterProvider(provider: unknown): boolean;
  };
  readonly trace: OpenTelemetryApi<object, { readonly traceId: string }>["trace"] & {
    setGlobalTracerProvider(provider: unknown): boolean;
  };
  readonly propagation: OpenTelemetryApi<object, object>["propagation"] & {
    setGlobalPropagator(propagator: unknown): boolean;
  };
}
interface Metrics {
  MeterProvider: new (options: { readers: readonly unknown[] }) => object;
  InMemoryMetricExporter: new (temporality: number) => {
    getMetrics(): readonly {
      readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
    }[];
  };
  PeriodicExportingMetricReader: new (
    options: { exporter: unknown; exportIntervalMillis: number },
  ) => {
    forceFlush(): Promise<void>;
  };
}
interface Tracing {
  BasicTracerProvider: new (options: { spanProcessors: readonly unknown[] }) => object;
  InMemorySpanExporter: new () => { getFinishedSpans(): readonly Span[] };
  SimpleSpanProcessor: new (exporter: unknown) => object;
}
interface Core {
  W3CTraceContextPropagator: new () => object;
}

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736", PARENT = "00f067aa0ba902b7";

await runProgram(async () => {
  const api = await loadPackage<Api>("@opentelemetry/api");
  const metricsSdk = await loadPackage<Metrics>("@opentelemetry/sdk-metrics");
  const tracing = await loadPackage<Tracing>("@opentelemetry/sdk-trace-base");
  const core = await loadPackage<Core>("@opentelemetry/core");
  const exporter = new metricsSdk.InMemoryMetricExporter(1); // CUMULATIVE
  const reader = new metricsSdk.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
  });
  api.metrics.setGlobalMeterProvider(new metricsSdk.MeterProvider({ readers: [reader] }));
  const spans = new tracing.InMemorySpanExporter();
  const spanProcessors = [new tracing.SimpleSpanProcessor(spans)];
  api.trace.setGlobalTracerProvider(new tracing.BasicTracerProvider({ spanProcessors }));
  api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());

  const server = await serve({}, { message: (connection, message) => connection.send(message) });
  const stop = openTelemetry(server, api);
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
  const client = await connect(`${server.url}chat`, { headers });
  const second = await connect(server.url);
  for (let i = 0; i < 3; i++) {
    await client.send("hello");
    assert.equal(await client.readText(), "hello");
  }
  for (const connection of server.connections) await connection.ping();
  await assert.rejects(connect(server.url, { headers: { origin: "http://evil.example" } }));
  const topics = new Topics({ policy: "drop-newest", maxBehindBytes: 0 });
  const [, unread] = server.connections; // its client does not read
  let published = 0;
  topics.subscribe(unread!, "news");
  while (topics.dropped === 0) {
    await topics.publish("news", "x".repeat(512 * 1024));
    published++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await client.close(4000);
  second.abort();
  while (server.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await connect(server.url);
  await reader.forceFlush();

  const all = exporter.getMetrics().at(-1)!.scopeMetrics.flatMap(({ metrics }) => metrics);
  const pointsOf = (name: string): readonly DataPoint[] =>
    all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ??
      assert.fail(`no ${name}; there are ${all.map(({ descriptor }) => descriptor.name).join()}`);
  const countOf = ({ value }: DataPoint): number => typeof value === "number" ? value : value.count;
  assert.deepEqual(pointsOf("websocket.connection.active").map(countOf), [1]);
  assert.deepEqual(pointsOf("websocket.buffered_bytes").map(countOf), [0, 0]);
  assert.deepEqual(pointsOf("websocket.message.dropped").map(countOf), [topics.dropped]);
  assert.deepEqual(pointsOf("websocket.rtt").map(countOf), [2]);
  const [refused] = pointsOf("websocket.handshake.refused");
  assert.deepEqual(refused?.attributes, { rule: "origin", "http.response.status_code": 403 });
  const sizes = pointsOf("websocket.message.size");
  const directions = sizes.map((point) => [point.attributes.direction, countOf(point)]);
  assert.deepEqual(directions, [
    ["received", 3],
    ["sent", 3 + published - topics.dropped],
  ]);
  for (const name of ["websocket.close", "websocket.connection.duration"]) {
    const ends = pointsOf(name).map(({ attributes }) => attributes["websocket.close.code"]);
    assert.deepEqual(new Set(ends), new Set([4000, 1006]), name);
  }

  const finished = spans.getFinishedSpans();
  assert.equal(finished.length, 2);
  const linked = finished.find(({ name }) => name === "WebSocket /chat") ?? assert.fail("no span");
  assert.equal(linked.kind, 1);
  assert.equal(linked.attributes["websocket.close.code"], 4000);
  const { traceId, spanId } = linked.links[0]?.context ?? assert.fail("no link");
  assert.deepEqual([traceId, spanId], [TRACE, PARENT]);
  stop();
  await server.close({ timeoutMs: 100 });
});
