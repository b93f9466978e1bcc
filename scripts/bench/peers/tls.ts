/**
 * The certificate of servers that are started with `--tls`. On Deno without `node:fs`, whose live
 * objects every collection would have to look at.
 *
 * @module
 */
const read = "Deno" in globalThis ? Deno.readTextFileSync : await (async () => {
  const { readFileSync } = await import("node:fs");
  return (url: URL) => readFileSync(url, "utf8");
})();
const FOLDER = new URL("../../../tests/helpers/tls/", import.meta.url);

/** A certificate chain and its private key, as PEM. */
export const CERTIFICATE: { readonly cert: string; readonly key: string } = {
  cert: read(new URL("cert.pem", FOLDER)),
  key: read(new URL("key.pem", FOLDER)),
};
