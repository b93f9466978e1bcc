/**
 * A server's numbers in the text format of Prometheus.
 *
 * @module
 */
import type { Collector } from "../../src/observe/mod.ts"; // yours: "@fullduplex/websocket/observe"

/** Writes one page of metrics. */
export function toPrometheus(numbers: Collector): string {
  const { active, opened, received, sent, receivedBytes, sentBytes, dropped } = numbers;
  const lines = Object.entries({ opened, received, sent, receivedBytes, sentBytes, dropped })
    .map(([name, value]) => `websocket_${name.replace("Bytes", "_bytes")}_total ${value}`);
  lines.push(`websocket_active ${active}`);
  lines.push(`websocket_buffered_bytes{direction="sent"} ${numbers.bufferedBytes}`);
  lines.push(`websocket_buffered_bytes{direction="received"} ${numbers.unreadBytes}`);
  for (const [rule, count] of numbers.refused) {
    lines.push(`websocket_refused_total{rule="${rule}"} ${count}`);
  }
  for (const [how, count] of numbers.closed) {
    lines.push(`websocket_closed_total{how="${how}"} ${count}`);
  }
  for (const part of [0.5, 0.99]) {
    lines.push(`websocket_rtt_ms{quantile="${part}"} ${numbers.roundTrips.percentile(part)}`);
  }
  return `${lines.join("\n")}\n`;
}
