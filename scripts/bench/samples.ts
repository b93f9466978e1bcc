/**
 * The load generator's report of one run, and the quantities of tables and targets.
 *
 * @module
 */
import type { Load } from "./workloads.ts";

/** One line of the load generator, or of a client that is measured. */
export interface LoadReport {
  readonly messages: number;
  readonly seconds: number;
  readonly serverCpuNs: number;
  readonly loadCpuNs?: number;
  readonly bytesIn?: number;
  /** How much the server's memory has grown. */
  readonly rssKib?: number;
  /** All of the server's memory. */
  readonly totalRssKib?: number;
  readonly latencyUs?: { readonly p50: number; readonly p99: number; readonly p999: number };
  readonly lateUs?: number;
  /** Pings that the server has sent. */
  readonly pings?: number;
}

/** One round of one cell. */
export interface Sample {
  /** Messages, or handshakes, per second. */
  readonly perSecond: number;
  /** The server's own time for each, of all its threads. */
  readonly cpuUs: number;
  /** The same for each byte of payload. */
  readonly cpuNsPerByte: number;
  /** Of one core, how much the server and the load needed. */
  readonly serverBusy: number;
  readonly loadBusy: number;
  /** Growth of the server's resident memory. */
  readonly kibPerConnection?: number;
  /** The server's time in a second for each connection that is left alone. */
  readonly idleUsPerSecond?: number;
  /** Pings for each connection. */
  readonly pings?: number;
  /** All of the server's resident memory. */
  readonly mib?: number;
  /** Bytes that came back for each message. */
  readonly wireBytes?: number;
  readonly p50?: number;
  readonly p99?: number;
  readonly p999?: number;
}

/**
 * A quantity of a sample. `perCpuSecond` is the rate of a server that has a core for itself, by its
 * own time for each message: steady also while others use the machine, or where the load is the
 * limit.
 */
export type Quantity = keyof Sample | "perCpuSecond";

/** All rounds of all cells, by the names of the cells. */
export type Results = Readonly<Record<string, readonly Sample[]>>;

/** The quantities of one run. */
export function toSample(load: Load, report: LoadReport): Sample {
  const { messages, seconds, serverCpuNs, loadCpuNs = 0 } = report;
  const cpuUs = serverCpuNs / messages / 1e3;
  const isIdle = load.mode === "idle" || load.mode === "keepalive";
  return {
    perSecond: messages / seconds,
    cpuUs,
    cpuNsPerByte: cpuUs * 1e3 / load.bytes,
    serverBusy: serverCpuNs / 1e9 / seconds,
    loadBusy: loadCpuNs / 1e9 / seconds,
    ...(report.bytesIn !== undefined && { wireBytes: report.bytesIn / messages }),
    ...(report.totalRssKib !== undefined && { mib: report.totalRssKib / 1024 }),
    ...(isIdle && { kibPerConnection: (report.rssKib ?? 0) / messages }),
    ...(load.mode === "keepalive" && {
      idleUsPerSecond: cpuUs / seconds,
      pings: (report.pings ?? 0) / messages,
    }),
    ...(!isIdle && report.latencyUs),
  };
}

/** Whether it was the load rather than the server that could not do more. */
export function isLoadLimited(samples: readonly Sample[]): boolean {
  const limited = samples.filter(({ serverBusy, loadBusy }) => loadBusy > serverBusy);
  return limited.length * 2 > samples.length;
}

/** The share of its core that the busier of server and load needed. */
export function busiest({ serverBusy, loadBusy }: Sample): number {
  return Math.max(serverBusy, loadBusy);
}

/** Whether other processes took much of the cores: server or load must be the limit. */
export function isDisturbed(sample: Sample): boolean {
  return sample.serverBusy > 0 && busiest(sample) < 0.75; // 0 where the system does not tell
}

function valueOf(sample: Sample, quantity: Quantity): number | undefined {
  return quantity === "perCpuSecond" ? 1e6 / sample.cpuUs : sample[quantity];
}

/** One quantity, round by round. */
export function series(samples: readonly Sample[] | undefined, quantity: Quantity): number[] {
  return (samples ?? []).map((sample) => valueOf(sample, quantity)).filter((value) =>
    value !== undefined
  );
}
