/**
 * Lines of left-aligned columns, two blanks apart, without trailing blanks. Terminal has a table with titles and
 * right-aligned columns; this one is apart because a bundle’s bytes must not change with the looks of a terminal.
 */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
