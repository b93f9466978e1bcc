/**
 * Heads of HTTP/1.1 messages as plain values: what the opening handshake (RFC 6455
 * section 4) is made of. The functions of this room map heads to heads; none does I/O.
 *
 * @module
 */

/** Header fields in order, as (name, value) pairs. Names as written; repeated fields stay separate. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The same as the platform has it. */
export function toHeaders(list: HeaderList): Headers {
  const headers = new Headers();
  for (const [name, value] of list) headers.append(name, value);
  return headers;
}

/**
 * What `new Headers()` takes where the program is compiled. Its own name, `HeadersInit`, is
 * none that the types of Node know.
 */
export type HeadersSource = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/** The head of an HTTP request, as it was on the wire (or as a runtime's HTTP server parsed it). */
export interface RequestHead {
  /** For example `GET`. */
  readonly method: string;
  /** The request target: path and query, for example `/chat?room=1`. */
  readonly target: string;
  /** HTTP version, where it was read by somebody who takes others. Default `1.1`. */
  readonly version?: string;
  /** Its header fields. */
  readonly headers: HeaderList;
  /** The text that all this was read from, where it was read from text. */
  readonly text?: string;
}

/** The head of an HTTP response. */
export interface ResponseHead {
  /** Status code, 100 to 599. */
  readonly status: number;
  /** Reason phrase; may be empty. */
  readonly statusText: string;
  /** Its header fields. */
  readonly headers: HeaderList;
}
