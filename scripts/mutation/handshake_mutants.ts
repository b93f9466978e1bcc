/**
 * Mutants of `src/handshake`.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const of = (name: string, changes: Parameters<typeof mutantsOf>[1]): readonly Mutant[] =>
  mutantsOf(`src/handshake/${name}.ts`, changes);

/** All mutants of `src/handshake`. */
export const HANDSHAKE_MUTANTS: readonly Mutant[] = [
  ...of("accept_key", [
    ["[AQgw]==", "[A-Za-z0-9+/]=="],
    ["random16.length !== 16", "random16.length < 16"],
  ]),
  ...of("base64", [["left > 1 ?", "left > 0 ?"], ["left > 2 ?", "left > 1 ?"]]),
  ...of("sha1", [
    ["c = rotate(b, 30);", "c = rotate(b, 29);"],
    ["(message.length + 8 >> 6 << 6) + 64", "(message.length >> 6 << 6) + 64"],
    ["twoBlocks.fill(0)", "twoBlocks"],
  ]),
  ...of("client_handshake", [
    ['url.href.includes("#")', 'url.hash !== ""'],
    ["otherUpgrades.length > 0 || ", ""],
    ['if (otherAccepts.length > 0) return broken("acceptRepeated");', ""],
    ["new Set(names).size < names.length", "false"],
    ["status < 300 || status > 399 || location === null", "location === null"],
    ['user.includes(":")', "false"],
    ["protocols.indexOf(protocol) !== i", "false"],
    ['getAll(further, "host").length > 1', "false"],
  ]),
  ...of("field_lines", [
    ['if (isSpace(text.charCodeAt(start))) return "obsFold";', ""],
    ["end > start && text.charCodeAt(end) === COLON", "text.charCodeAt(end) === COLON"],
    ["[...values, this.value]", "[this.value]"],
  ]),
  ...of("header_values", [
    [
      "text.toLowerCase() === other.toLowerCase() &&\n    isToken(text)",
      "text.toLowerCase() === other.toLowerCase()",
    ],
    ["if (!cursor.atEnd) return null;", ""],
    ['if (element !== "") elements.push(element);', "elements.push(element);"],
    ["if (code >= 0x80 || IN_TOKEN[code] === 0) break;", "if (IN_TOKEN[code] === 0) break;"],
    ['param === "" || content === ""', 'param === ""'],
    ['return isToken(content) ? content : "";', "return content;"],
    ["character === 0x20 || character === 0x09", "character === 0x20"],
  ]),
  ...of("http_head", [
    ["this.#lines > this.#maxHeaderFields + 1", "this.#lines >= this.#maxHeaderFields + 1"],
    [
      "if (this.#seenBytes < this.#maxHeadBytes) return null;",
      "if (this.#seenBytes <= this.#maxHeadBytes) return null;",
    ],
    ["bits |= byte;", ""],
    ["byte >= SPACE && byte !== DEL", "byte >= SPACE"],
    ["head.status >= 200 || head.status === 101", "head.status >= 200"],
    ["this.#skipBytes += 2;", ""],
    ["start + this.#maxHeadBytes - this.#seenBytes", "start + this.#maxHeadBytes"],
    ["this.#refused = null;\n    this.#complete", "this.#complete"],
  ]),
  ...of("head_limits", [
    ["headers.length > limits.maxHeaderFields", "headers.length >= limits.maxHeaderFields"],
    ["return bytes > limits.maxHeadBytes ?", "return bytes >= limits.maxHeadBytes ?"],
  ]),
  ...of("latin1", [
    ["if (utf8.length === text.length) return utf8;", "return utf8;"],
    ["start += MAX_ARGUMENTS", "start += MAX_ARGUMENTS + 1"],
  ]),
  ...of("parse_head", [
    ['minor === "0" && status < 200', 'minor === "0"'],
    ['if (!isToken(method)) return "requestLine";', ""],
    ["/[\\r\\n]/.test(part)", "/[\\n]/.test(part)"],
  ]),
  ...of("permessage_deflate", [
    ["if (limit < MIN_WINDOW_BITS) continue;", ""],
    ["if (values.size !== params.length) return null;", ""],
    ["if (known !== values.size) return null;", ""],
    ["|| offered.serverWindowBits !== null", ""],
    ["if (serverBits > wanted.server.windowBits) return null;", ""],
    ["hint === null\n      ? MAX_WINDOW_BITS", "hint === null\n      ? wanted.client.windowBits"],
    ["wanted.client.takeover && !agreed.clientNoTakeover", "!agreed.clientNoTakeover"],
    ["/^(?:[89]|1[0-5])$/", "/^(?:[89]|1[0-6])$/"],
  ]),
  ...of("server_handshake", [
    ["hostIn(authority, scheme) !== hostIn(host, scheme)", "false"],
    ['if (!URL.canParse(`http://${host}${path}`)) return "host";', ""],
    ["new Set(protocols).size < protocols.length", "false"],
    ["lastTarget.host === host", "true"],
    ["lastTarget.target === target", "true"],
    ['(fields.contentLength ?? "0") !== "0"', "false"],
    ["|| fields.transferEncoding !== null", ""],
    ['if (isRepeated(fields.version)) return refuse("versionRepeated");', ""],
    ["upgrade.protocols.includes(protocol) ? protocol", "true ? protocol"],
    ['if (status === 405) headers.push(["Allow", "GET"]);', ""],
    ["extensions.length > 0 || headers.length > 0 ||", "headers.length > 0 ||"],
  ]),
  ...of("upgrade_fields", [["this.key = lines.after(this.key)", "this.key = lines.value"]]),
  ...of("write_head", [
    ["!FRAMING.has(name.toLowerCase())", "true"],
    ["if (!FIELD_VALUE.test(value))", "if (false)"],
    ['lower.startsWith("sec-websocket-") || ', ""],
    ["bodiless || content.length === 0", "content.length === 0"],
    ["if (!TARGET.test(head.target))", "if (false)"],
  ]),
];
