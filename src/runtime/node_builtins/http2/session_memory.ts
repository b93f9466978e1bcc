/**
 * How much memory a session may take (`maxSessionMemory` of `node:http2`), in units of 1,000,000
 * bytes. Node and Bun count what its streams have not sent yet. Beyond 10 by default they refuse
 * further streams, and their clients refuse answers: a few connections that do not read would keep
 * out all others of their session, which are other clients' behind a proxy.
 *
 * The number is out of the way, because other limits bound the sum: `maxBufferedBytes` what waits
 * for one connection, and the server's `maxStreams` how many a session has. Their product is 1 GiB
 * by default. It is not the number itself, because bodies of ordinary responses count too, and a
 * client learns `maxStreams` after its session was made.
 *
 * @module
 */

/** A terabyte. */
export const SESSION_MEMORY_MB = 1_000_000;
