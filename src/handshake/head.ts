/**
 * Heads of HTTP/1.1 messages as plain values. The opening handshake (RFC 6455 section 4) consists
 * of two of them. The functions of this folder map heads to heads, and none does I/O.
 *
 * @module
 */

/** Header fields in order, as pairs of name and value. Repeated fields stay separate. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * Converts a list to the platform's `Headers`. Lines of `Cookie` are joined by a semicolon, as
 * RFC 9113 section 8.2.3 has it: Deno's `append` would write a comma, which belongs to a value.
 */
export function toHeaders(list: HeaderList): Headers {
  const headers = new Headers();
  for (const [name, value] of list) {
    const before = name.toLowerCase() === "cookie" ? headers.get(name) : null;
    if (before === null) headers.append(name, value);
    else headers.set(name, `${before}; ${value}`);
  }
  return headers;
}

/**
 * The parameter of `new Headers()` in the types that the program is compiled with. Its usual name,
 * `HeadersInit`, does not exist in Node's types.
 */
export type HeadersSource = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/**
 * Converts the header fields of a caller to `Headers`, joining cookies as {@linkcode toHeaders}
 * does. Throws a `TypeError` if the value has another type.
 */
export function readHeaders(source: HeadersSource): Headers {
  const headers = new Headers(source);
  return Array.isArray(source) ? toHeaders(source) : headers;
}

/** The head of an HTTP request, read from the wire or parsed by a runtime's HTTP server. */
export interface RequestHead {
  /** The method, for example `GET`. */
  readonly method: string;
  /** The request target: path and query, for example `/chat?room=1`. */
  readonly target: string;
  /**
   * HTTP version. Set by an HTTP server that also accepts others. `"2"` is a request that
   * `readConnect` has made of an extended CONNECT.
   *
   * @default {"1.1"}
   */
  readonly version?: string;
  /** The header fields. */
  readonly headers: HeaderList;
  /** The text of the whole head, if it was parsed from text. */
  readonly text?: string;
}

/** The head of an HTTP response. */
export interface ResponseHead {
  /** Status code, 100 to 599. */
  readonly status: number;
  /** Reason phrase; may be empty. */
  readonly statusText: string;
  /** The header fields. */
  readonly headers: HeaderList;
}
