/**
 * Text tables. Without it the tasks would print their results in as many forms.
 *
 * @module
 */

/** A text table. The first two columns are aligned left, the others right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const format = (row: readonly string[]) =>
    row.map((cell, i) => i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
      .join("  ").trimEnd();
  return rows.map(format).join("\n");
}
