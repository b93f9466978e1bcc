/**
 * Connects the transport to a target: resolves addresses, chooses a proxy, and makes the errors.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { DialOptions, DialSettings, Runtime } from "../transport/runtime.ts";
import type { TransportSink } from "../transport/transport.ts";
import { WebSocketError } from "../errors.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { type AddressFault, connectFirst, interleaveFamilies } from "./connect_first.ts";
import { toDialError } from "./dial_errors.ts";
import {
  isAddress,
  isSecure,
  readAuthority,
  showAuthority,
  type Target,
  toDialTls,
} from "./target.ts";

/** How to connect to a target. The result `T` is a transport or an HTTP/2 session. */
export interface Way<T extends Dialed> {
  readonly runtime: Pick<Runtime, "lookup" | "getEnv"> & {
    dial(options: DialOptions, sink: TransportSink): Promise<T>;
  };
  readonly clock: Clock;
  /** Aborts connecting, which rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** The result of dialing. */
export interface Dialed {
  /** Drops it. */
  abort(): void;
}

/** A host to connect to. */
interface Place extends DialSettings {
  readonly hostname: string;
  readonly port: number;
  /** The name of the target in error messages. Default: the host. */
  showWhere?(): string;
}

const showPlace = (place: Place): string => place.showWhere?.() ?? showAuthority(place);

/**
 * Connects the transport to a target. Rejects with `ERR_CONNECT`, `ERR_CERTIFICATE`, `ERR_PROXY`,
 * `ERR_NOT_SUPPORTED` or the signal's reason.
 */
export async function dialTarget<T extends Dialed>(
  { url, options }: Target,
  way: Way<T>,
  sink: TransportSink,
): Promise<T> {
  const { hostname, port } = readAuthority(url);
  const { path, localAddress } = options;
  const tls = isSecure(url) ? { tls: toDialTls(hostname, options.tls) } : {};
  if (path !== undefined) return await dialOne({ path, ...tls }, { where: () => path, way, sink });
  const local = localAddress === undefined ? {} : { localAddress };
  const place = { hostname, port, ...tls, ...local };
  if (options.proxy === undefined || options.proxy === null) {
    return await dialPlace(place, { options, way, sink });
  }
  // Loaded late, because most clients have no proxy.
  const { chooseProxy } = await import("./proxy/choose.ts");
  const { getEnv } = way.runtime;
  const proxy = chooseProxy(options.proxy, { url, hostname, getEnv });
  if (proxy === null) return await dialPlace(place, { options, way, sink });
  const { throughProxy } = await import("./proxy/tunnel.ts");
  const find = (): Promise<readonly string[]> => findAddresses(place, { options, way, sink });
  const { ca } = options.tls ?? {};
  return await dialPlace(throughProxy(proxy, place, { find, ca }), { options: {}, way, sink });
}

interface Dialing<T extends Dialed> {
  readonly options: Pick<ConnectOptions, "lookup" | "address" | "family">;
  readonly way: Way<T>;
  readonly sink: TransportSink;
}

async function dialPlace<T extends Dialed>(place: Place, dialing: Dialing<T>): Promise<T> {
  const { way, sink } = dialing, { signal, clock, runtime } = way;
  const addresses = await findAddresses(place, dialing);
  signal.throwIfAborted();
  const { showWhere: _showWhere, ...bare } = place;
  const at = (address: string | undefined): DialOptions =>
    address === undefined || address === place.hostname ? bare : { ...bare, address };
  const [first] = addresses;
  const where = (): string => showPlace(place);
  if (addresses.length < 2) return await dialOne(at(first), { where, way, sink });
  try {
    return await connectFirst({
      addresses: interleaveFamilies(addresses),
      clock,
      signal,
      connect: (address, attempt) => runtime.dial({ ...at(address), ...attempt }, sink),
      discard: (late) => late.abort(),
    });
  } catch (faults) {
    signal.throwIfAborted();
    throw toDialError(where(), faults as readonly AddressFault[]);
  }
}

/** Connects if there is only one address, or only a name or a path is known. */
async function dialOne<T extends Dialed>(
  options: DialOptions,
  { where, way, sink }: { where: () => string; way: Way<T>; sink: TransportSink },
): Promise<T> {
  const { signal, runtime } = way;
  try {
    return await runtime.dial({ ...options, signal }, sink);
  } catch (error) {
    signal.throwIfAborted();
    const address = "port" in options ? options.address ?? "" : "";
    throw toDialError(where(), [{ address, error }]);
  }
}

/**
 * Returns the addresses to try. The list is empty if the runtime has to resolve the name itself.
 */
async function findAddresses<T extends Dialed>(
  place: Place,
  { options, way }: Dialing<T>,
): Promise<readonly string[]> {
  const { hostname } = place, { lookup, address, family } = options;
  try {
    const found = address !== undefined
      ? [address]
      : isAddress(hostname)
      ? [hostname]
      : lookup !== undefined
      ? await lookup(hostname)
      : await lookUp(place, way);
    const addresses = typeof found === "string" ? [found] : found ?? [];
    if (family === undefined) return addresses;
    if (found === null) {
      throw new WebSocketError(
        "ERR_NOT_SUPPORTED",
        "family: the runtime looks this name up itself",
      );
    }
    const kept = addresses.filter((each) => each.includes(":") === (family === 6));
    if (kept.length > 0) return kept;
    throw new Error(`${hostname} has no IPv${family} address`);
  } catch (error) {
    way.signal.throwIfAborted();
    throw toDialError(showPlace(place), [{ address: "", error }]);
  }
}

/** Resolves a name. Resolves to `null` if the runtime does this when it connects. */
async function lookUp<T extends Dialed>(
  { hostname, port, tls }: Place,
  { runtime }: Way<T>,
): Promise<readonly string[] | null> {
  if (runtime.lookup === undefined) return null;
  try {
    return await runtime.lookup({ hostname, port, ...tls === undefined ? {} : { tls } });
  } catch (error) {
    if (error instanceof WebSocketError && error.code === "ERR_NOT_SUPPORTED") return null;
    throw error;
  }
}
