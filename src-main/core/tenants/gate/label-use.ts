/** Where something stands in a file, counted from 1. */
export interface GatePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A name that a label's value comes from: a JSON key, a group of a regex, a discovered label. */
export interface LabelSource {
  readonly name: string;
  /** The part of a regular expression that finds the value; `null` where there is none. */
  readonly pattern: string | null;
}

export const LABEL_WAYS = [
  "labels",
  "static-labels",
  "external-labels",
  "relabel",
  "labelmap",
  "geoip",
  "pod-label",
] as const;

/** One stream label that a collector's configuration makes. */
export interface LabelUse {
  /** For a `labelmap` its regular expression. */
  readonly label: string;
  readonly way: (typeof LABEL_WAYS)[number];
  readonly sources: readonly LabelSource[];
  /** What it is set to, where that is written down. */
  readonly value: string | null;
  /** The scrape job or component that makes it. */
  readonly owner: string;
  readonly place: GatePlace;
}

/** Why a file cannot be judged. */
export interface UnreadableInput {
  readonly place: GatePlace;
  readonly problem: string;
}

/** What was found in one file. */
export interface CollectorReading {
  readonly uses: readonly LabelUse[];
  readonly unreadable: readonly UnreadableInput[];
}
