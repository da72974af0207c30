import type { parseSeriesKey } from "../../../health/detection/series-key.ts";
import { useKey } from "./use-series.ts";

/** A sample of a process that tells of a tenant's use. */
export interface UseSource {
  readonly from: "bytes" | "discarded" | "discarded-bytes" | "streams" | "rules";
  readonly tenant: string;
  /** The reason of a discard, the name of a rule group. */
  readonly detail: string;
  /** Of a counter: the series that its rate belongs to. */
  readonly name: string;
}

/** Families of Loki 3.7 with the label that names the tenant in each. */
const FAMILIES: ReadonlyMap<
  string,
  { readonly from: UseSource["from"]; readonly tenant: string; readonly detail: string }
> = new Map([
  ["loki_distributor_bytes_received_total", { from: "bytes", tenant: "tenant", detail: "" }],
  ["loki_discarded_samples_total", { from: "discarded", tenant: "tenant", detail: "reason" }],
  ["loki_discarded_bytes_total", { from: "discarded-bytes", tenant: "tenant", detail: "reason" }],
  ["loki_ingester_memory_streams", { from: "streams", tenant: "tenant", detail: "" }],
  ["loki_prometheus_rule_group_rules", { from: "rules", tenant: "user", detail: "rule_group" }],
]);
const MOST_KEYS = 200_000;

/** Reads keys of an exposition, and remembers what each means: the same ones come back with every round. */
export class UseSources {
  readonly #parse: typeof parseSeriesKey;
  readonly #known = new Map<string, UseSource | null>();

  constructor(parse: typeof parseSeriesKey) {
    this.#parse = parse;
  }

  /** `null` for a sample that tells nothing of a tenant. */
  of(key: string): UseSource | null {
    if (!mayTell(key)) return null;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEYS) this.#known.clear();
    const source = this.#read(key);
    this.#known.set(key, source);
    return source;
  }

  #read(key: string): UseSource | null {
    const { name, labels } = this.#parse(key);
    const family = FAMILIES.get(name);
    const tenant = family === undefined ? undefined : labels[family.tenant];
    if (family === undefined || tenant === undefined || tenant === "" || tenant.includes("\u0000")) return null;
    // Streams that Loki writes to itself about a tenant's streams are sent by nobody.
    if (labels["is_internal_stream"] === "true") return null;
    const detail = family.detail === "" ? "" : (labels[family.detail] ?? "").replaceAll("\u0000", "");
    const { from } = family;
    const series = from === "streams" || from === "rules" ? "" : useKey(from, tenant, detail);
    return { from, tenant, detail, name: series };
  }
}

const D = 100;
const I = 105;
const P = 112;
const AFTER_LOKI = 5;

/** Most of two hundred thousand keys a round are passed over by their sixth letter. */
function mayTell(key: string): boolean {
  switch (key.charCodeAt(AFTER_LOKI)) {
    case D:
      return key.startsWith("loki_di");
    case I:
      return key.startsWith("loki_ingester_memory_streams{");
    case P:
      return key.startsWith("loki_prometheus_rule_group_rules{");
    default:
      return false;
  }
}
