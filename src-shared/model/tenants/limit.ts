/**
 * How Loki reads a limit from YAML. `bytes` is `flagext.ByteSize` (`256KB`, powers of 1024), `duration` is Prometheus'
 * (`30d1h`), `go-duration` is Go's (`1h30m0s`, `1.5s`), `time` is `0`, a date or RFC 3339, `csv` a list in one string.
 */
export type LimitType =
  | "int"
  | "uint"
  | "float"
  | "bool"
  | "bytes"
  | "duration"
  | "go-duration"
  | "time"
  | "string"
  | "csv"
  | "string-list"
  | "list"
  | "map";

/** What a limit's comparable number counts. Megabytes are Loki's: 1,048,576 bytes. */
export type LimitUnit = "bytes" | "bytes-per-second" | "seconds" | "count" | "days" | "share" | "none";

export type LimitArea = "ingestion" | "query" | "retention" | "rules" | "others";

/** A value as YAML has it. */
export type LimitYaml = string | number | boolean | null | readonly LimitYaml[] | { readonly [key: string]: LimitYaml };

/** Where the present use of a limit is told. */
export type LimitUse =
  | {
      readonly from: "metric";
      readonly metric: string;
      /** The metric's label that names the tenant; `null` where it counts all tenants of a process together. */
      readonly tenantLabel: "tenant" | "user" | null;
      /** A counter is used by its rate, a gauge by its sum over processes. */
      readonly as: "rate" | "level";
    }
  | { readonly from: "endpoint"; readonly path: string };

/** One key of `limits_config` and of `overrides.<tenant>`. */
export interface LimitDefinition {
  readonly key: string;
  readonly type: LimitType;
  readonly unit: LimitUnit;
  readonly area: LimitArea;
  /** What a Loki without configuration has, as its `/config?mode=defaults` prints it; `null` for nothing. */
  readonly builtIn: LimitYaml;
  /** False for keys that `/config` leaves out while they are empty. */
  readonly printedWhenEmpty: boolean;
  readonly use: LimitUse | null;
  /** `loki_discarded_samples_total{reason}` of what this limit refuses; `null` where it refuses no line. */
  readonly discardReason: string | null;
  /** What 0 means. */
  readonly zero: "unlimited" | "nothing" | "plain";
  /** The only values that Loki takes, where it takes only some. */
  readonly choices: readonly string[] | null;
  /** Fields of a map, or of the members of a list, where Loki refuses others. */
  readonly fields: Readonly<Record<string, LimitType>> | null;
  /** False for what has an effect only in `limits_config`, although Loki accepts it in an override. */
  readonly perTenant: boolean;
  readonly deprecated: boolean;
}

/** What a value of a limit comes to. */
export interface LimitValue {
  /** As YAML has it. */
  readonly yaml: LimitYaml;
  /** As Loki prints it. */
  readonly text: string;
  /** In the limit's unit; 1 and 0 for `bool`, milliseconds since the epoch for `time`; `null` for what is no number. */
  readonly number: number | null;
}
