/** A piece of a query's text, in UTF-16 units: `text.slice(from, to)`. */
export interface SourceRange {
  readonly from: number;
  readonly to: number;
}
