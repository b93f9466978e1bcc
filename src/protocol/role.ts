/**
 * The two roles of RFC 6455.
 *
 * @module
 */

/** Which endpoint of the connection we are. A client masks what it sends (RFC 6455 section 5.1). */
export type Role = "client" | "server";
