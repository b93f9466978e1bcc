/**
 * The header fields that decide about an upgrade.
 *
 * @module
 */
import { FieldLines, type FieldValue } from "./field_lines.ts";
import type { HeadRuleName } from "./rules.ts";

/** The values of these fields in one request. */
export class UpgradeFields {
  host: FieldValue = null;
  origin: FieldValue = null;
  upgrade: FieldValue = null;
  connection: FieldValue = null;
  contentLength: FieldValue = null;
  transferEncoding: FieldValue = null;
  key: FieldValue = null;
  version: FieldValue = null;
  protocol: FieldValue = null;
  extensions: FieldValue = null;

  /** Reads the text of a head. Returns the first rule that any of its fields breaks otherwise. */
  static read(text: string): UpgradeFields | HeadRuleName {
    const fields = new UpgradeFields();
    for (const lines = new FieldLines(text); lines.next();) {
      if (lines.fault !== null) return lines.fault;
      fields.#take(lines);
    }
    return fields;
  }

  /**
   * Stores the line's value if its name is one of these. The length of a name nearly identifies it,
   * so it is compared first. A table of names would make a handshake take 5 % longer.
   */
  #take(lines: FieldLines): void {
    switch (lines.nameLength) {
      case 4:
        if (lines.isNamed("host")) this.host = lines.after(this.host);
        break;
      case 6:
        if (lines.isNamed("origin")) this.origin = lines.after(this.origin);
        break;
      case 7:
        if (lines.isNamed("upgrade")) this.upgrade = lines.after(this.upgrade);
        break;
      case 10:
        if (lines.isNamed("connection")) this.connection = lines.after(this.connection);
        break;
      case 14:
        if (lines.isNamed("content-length")) this.contentLength = lines.after(this.contentLength);
        break;
      case 17:
        if (lines.isNamed("sec-websocket-key")) this.key = lines.after(this.key);
        else if (lines.isNamed("transfer-encoding")) {
          this.transferEncoding = lines.after(this.transferEncoding);
        }
        break;
      case 21:
        if (lines.isNamed("sec-websocket-version")) this.version = lines.after(this.version);
        break;
      case 22:
        if (lines.isNamed("sec-websocket-protocol")) this.protocol = lines.after(this.protocol);
        break;
      case 24:
        if (lines.isNamed("sec-websocket-extensions")) {
          this.extensions = lines.after(this.extensions);
        }
    }
  }
}
