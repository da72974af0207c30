/** What spreadsheets take for a formula, also behind a tab or a line break. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** A row of RFC 4180; a cell that a spreadsheet would take for a formula begins with a quote. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
