/**
 * The two roles of RFC 6455.
 *
 * @module
 */

/**
 * Our side of a connection. A client masks what it sends, a server does not (RFC 6455 section 5.1).
 */
export type Role = "client" | "server";
