import type { LabelSource, LabelUse } from "./label-use.ts";
import { nameWords, namesOne } from "./name-words.ts";
import { patternShape, valueShape, type ValueShape } from "./value-shape.ts";

/** What a rule saw: the name, value or expression that gives it away. */
export interface RuleMatch {
  readonly evidence: string;
}

/**
 * One kind of thing that must not be a label: each of its values begins a stream of its own, with chunks and memory of its
 * own. `match` gives the evidence, or `null`.
 */
export interface GateRule {
  readonly id: string;
  readonly severity: "error" | "warning";
  readonly title: string;
  /** What to do instead. */
  readonly fix: string;
  readonly match: (use: LabelUse) => RuleMatch | null;
}

function things(...names: readonly string[]): readonly (readonly string[])[] {
  return names.map((name) => name.split(" "));
}

/** Ids of what there are few of. */
const FEW: ReadonlySet<string> = new Set(
  (
    "app application availability broker channel chart cluster component data datacenter dc deployment domain env " +
    "environment host instance module namespace node org organisation organization partition product project provider queue " +
    "rack realm region replica role rule service shard site stage subscription team template tenant topic workspace zone"
  ).split(" "),
);

const IDS = things(
  "id",
  "ids",
  "uid",
  "pid",
  "tid",
  "key id",
  "session",
  "cookie",
  "token",
  "nonce",
  "jti",
  "sid",
  "iban",
  "msisdn",
  "email",
  "mail",
  "username",
  "phone",
);
const UUIDS = things("uuid", "guid", "ulid", "ksuid");
const IPS = things(
  "ip",
  "ips",
  "ipv4",
  "ipv6",
  "ip address",
  "ip addr",
  "remote addr",
  "remote address",
  "client addr",
  "client address",
  "peer addr",
  "peer address",
  "source address",
  "source addr",
  "forwarded for",
  "mac address",
);
const TIMES = things(
  "timestamp",
  "timestamps",
  "ts",
  "time",
  "datetime",
  "epoch",
  "unixtime",
  "date",
  "created at",
  "updated at",
  "unix nano",
  "nanos",
);
const PATHS = things("path", "url", "uri", "href", "referer", "referrer", "query string", "querystring", "user agent");
const HASHES = things("hash", "sha", "sha1", "sha256", "md5", "checksum", "digest", "etag");
const MEASURES = things(
  "duration",
  "latency",
  "elapsed",
  "response time",
  "bytes",
  "offset",
  "duration ms",
  "latency ms",
  "elapsed ms",
  "took",
  "duration seconds",
);
const TEXTS = things(
  "message",
  "msg",
  "stacktrace",
  "stack trace",
  "backtrace",
  "exception message",
  "error message",
  "log line",
  "raw",
);

/** Names of targets' own parts that end like something unbounded and are as many as there are targets. */
const OF_TARGETS: ReadonlySet<string> = new Set(["__path__", "filename", "__address__"]);

function named(
  label: string,
  sources: readonly LabelSource[],
  kinds: readonly (readonly string[])[],
  few: ReadonlySet<string> | null,
): RuleMatch | null {
  if (sources.some(({ name }) => OF_TARGETS.has(name))) return null;
  for (const name of [label, ...sources.map((source) => source.name)]) {
    const words = nameWords(name);
    if (!namesOne(words, kinds)) continue;
    if (few !== null && words.length > 1 && few.has(words.at(-2) ?? "")) continue;
    return { evidence: name };
  }
  return null;
}

function shaped(use: LabelUse, shape: ValueShape): RuleMatch | null {
  if (use.value !== null) return valueShape(use.value) === shape ? { evidence: use.value } : null;
  for (const { pattern } of use.sources) {
    if (pattern !== null && patternShape(pattern) === shape) return { evidence: pattern };
  }
  return null;
}

/** A fixed value has one value, whatever its name; a name of a mapped group is the map's own rule. */
function byName(
  kinds: readonly (readonly string[])[],
  shape: ValueShape | null,
  few: ReadonlySet<string> | null = null,
): GateRule["match"] {
  return (use) => {
    if (use.way === "labelmap") return null;
    if (use.value === null || use.way === "pod-label") {
      const found = named(use.label, use.sources, kinds, few);
      if (found !== null) return found;
    }
    return shape === null ? null : shaped(use, shape);
  };
}

/** Whether a `labelmap` takes whatever labels or annotations there are. */
function mapsEverything(use: LabelUse): RuleMatch | null {
  if (use.way !== "labelmap") return null;
  return /(?:_label_|_labelpresent_|_annotation_|_tag_)\(\??[^)]*[.\\wS][*+]/.test(use.label) ||
    /^\(?\.[*+]\)?$/.test(use.label)
    ? { evidence: use.label }
    : null;
}

const GEO_UNBOUNDED = /latitude|longitude|postal/;

/** The rules, in the order in which they are asked; the first that matches a label names it. */
export const GATE_RULES: readonly GateRule[] = [
  {
    id: "label-uuid",
    severity: "error",
    title: "A UUID becomes a label",
    fix: "Keep it in the line or in structured metadata, and filter for it.",
    match: byName(UUIDS, "uuid"),
  },
  {
    id: "label-ip",
    severity: "error",
    title: "An IP address becomes a label",
    fix: "Keep it in the line or in structured metadata; a label may name the zone or the network.",
    match: byName(IPS, "ip"),
  },
  {
    id: "label-id",
    severity: "error",
    title: "An id becomes a label",
    fix: "Keep it in the line or in structured metadata, and filter for it.",
    match: byName(IDS, null, FEW),
  },
  {
    id: "label-timestamp",
    severity: "error",
    title: "A time becomes a label",
    fix: "Give it to the timestamp stage; Loki keeps a time with every line.",
    match: byName(TIMES, "timestamp"),
  },
  {
    id: "label-path",
    severity: "error",
    title: "A path without bounds becomes a label",
    fix: "Use the route's template (`/orders/{id}`) as label, the path itself as structured metadata.",
    match: byName(PATHS, null),
  },
  {
    id: "label-hash",
    severity: "error",
    title: "A hash becomes a label",
    fix: "Keep it in structured metadata: it has as many values as what it is made of.",
    match: byName(HASHES, "hash"),
  },
  {
    id: "label-measure",
    severity: "error",
    title: "A measured value becomes a label",
    fix: "Keep it in the line and unwrap it in the query.",
    match: byName(MEASURES, null),
  },
  {
    id: "label-text",
    severity: "error",
    title: "A free text becomes a label",
    fix: "Leave it in the line.",
    match: byName(TEXTS, null),
  },
  {
    id: "label-geo",
    severity: "error",
    title: "A place on earth becomes a label",
    fix: "Keep country or continent as label and drop the coordinates and postal codes.",
    match: (use) => (use.way === "geoip" && GEO_UNBOUNDED.test(use.label) ? { evidence: use.label } : null),
  },
  {
    id: "labelmap-everything",
    severity: "warning",
    title: "Every label or annotation of the pods becomes a label",
    fix: "Name the few that are wanted with `replace`, or drop the others behind it.",
    match: mapsEverything,
  },
];
