// The page of client_test.ts: our client, as a module, for functions that the test sends here.
import { connect } from "../../src/runtime/web/mod.ts";

globalThis.dial = (path, options) => {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  return connect(url, options);
};
globalThis.isReady = true;
