/**
 * Static pages.
 *
 * @module
 */

const STYLE = `body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5em; color: #222 }
pre { background: #f6f6f6; padding: .6em; overflow: auto; white-space: pre-wrap }
h2 { font-size: 1em; margin-top: 2em }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .15em .4em }
th { text-align: left; font-weight: normal } thead th { font-weight: bold; position: sticky; top: 0; background: #fff }
td { text-align: center; font-size: 12px } td a { color: inherit; text-decoration: none }
td a.report { text-decoration: underline }
.ok { background: #d7f5d7 } .info { background: #dceaff } .nonstrict { background: #fff3c4 }
.failed { background: #ffd0d0 } .none { background: #eee } .known { background: #ffe1bd }`;

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A whole page. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style><h1>${escapeHtml(title)}</h1>
${body}</html>
`;
}
