/**
 * The refusal of a page's origin. It names both hosts and the options, because behind a proxy that
 * rewrites `Host` every browser is refused while scripts are not, and the cause is hard to find
 * without the names.
 *
 * @module
 */
import { refuse, type UpgradeRequest } from "../handshake/server_handshake.ts";
import type { PlainAnswer } from "./pending_handshake.ts";

/** Makes the answer to a page that must not connect (RFC 6455 section 4.2.2 /origin/). */
export function refuseOrigin({ origin, host }: UpgradeRequest): PlainAnswer {
  const { status, headers, body, reason } = refuse("origin");
  return {
    status,
    reason,
    headers,
    body: `${body}The page's origin is ${origin}, and the request's Host is ${host}.
If the page is yours, list its origin in the option allowedOrigins.
A proxy has to pass on the page's host: nginx "proxy_set_header Host $http_host;",
Apache "ProxyPreserveHost On".
`,
  };
}
