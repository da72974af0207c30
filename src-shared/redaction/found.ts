/** Something found: bytes `[start, end)`, and the pattern as an index into `REDACTION_PATTERNS`. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly pattern: number;
}
