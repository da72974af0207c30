import type { RowMarker } from "../../../../src-shared/model/log-row.ts";

/** The words and figures that the list writes into rows, in the language and time zone of the moment. */
export interface RowWords {
  /** An instant, exact to the nanosecond; with the day where the set spans several. */
  time(timestampNs: string, withDay: boolean): string;
  /** The instant in both zones and as epoch nanoseconds, for the hover. */
  exactTime(timestampNs: string): string;
  bytes(value: number): string;
  marker(marker: RowMarker): string;
  /** Of a line that the window cut: says its whole length. */
  cut(lineBytes: number): string;
  readonly loading: string;
}
