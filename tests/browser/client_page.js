// The page of client_test.ts: our client, as a module, for functions that the test sends here.
import { connect } from "../../src/runtime/web/mod.ts";

globalThis.dial = (path, options) => connect(path, options); // relative to the page
globalThis.isReady = true;
