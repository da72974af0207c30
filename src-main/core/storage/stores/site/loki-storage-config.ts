import { parse } from "yaml";
import { z } from "zod";

/**
 * Where a Loki keeps chunks and index, as its configuration words it; values may hold `${NAME}`, and `null` is not set.
 * From the AWS client (`storage_config.aws`, `common.storage.s3`, `named_stores.aws`) or the Thanos one
 * (`use_thanos_objstore`, `object_store`), Loki 3.7 `pkg/storage/chunk/client/aws`, `pkg/storage/bucket/s3`.
 */
export interface LokiStorageConfig {
  /** One, or several after commas. */
  readonly buckets: string | null;
  readonly storagePrefix: string | null;
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly pathStyle: string | null;
  /** HTTP instead of HTTPS, where the endpoint does not say. */
  readonly insecure: string | null;
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  readonly sessionToken: string | null;
  /** A path in the pod. */
  readonly caFile: string | null;
  readonly skipVerify: string | null;
  readonly chunkDelimiter: string | null;
  readonly indexPrefix: string;
}

type Section = Readonly<Record<string, unknown>>;
const sectionSchema = z.record(z.string(), z.unknown());
const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** `"bad-config"` for what is no YAML, `"no-object-store"` where the period of today keeps its chunks in no S3. */
export function lokiStorageConfig(yaml: string, nowMs: number): LokiStorageConfig | "bad-config" | "no-object-store" {
  const root = parsed(yaml);
  if (root === null) return "bad-config";
  const period = periodOf(root, nowMs);
  const indexPrefix = textOf(period, "index", "path_prefix") ?? "index/";
  const storage = sectionOf(root, "storage_config");
  const thanos = textOf(storage, "use_thanos_objstore") === "true";
  if (thanos) {
    const store = firstSet(sectionOf(storage, "object_store"), sectionOf(root, "common", "storage", "object_store"));
    const s3 = sectionOf(store, "s3");
    return isSet(s3) ? { ...ofThanos(s3, textOf(store, "storage_prefix")), indexPrefix } : "no-object-store";
  }
  const s3 = awsSection(root, storage, textOf(period, "object_store") ?? "s3");
  return isSet(s3) ? { ...ofAws(s3), indexPrefix } : "no-object-store";
}

function parsed(yaml: string): Section | null {
  try {
    return sectionSchema.parse(parse(yaml, { maxAliasCount: 100, uniqueKeys: false, logLevel: "error" }));
  } catch {
    // Why would quote it, and it may hold secrets.
    return null;
  }
}

/** The period that is written to now: the last that has begun. */
function periodOf(root: Section, nowMs: number): Section {
  const configs = sectionOf(root, "schema_config")["configs"];
  const begun = (Array.isArray(configs) ? configs : [])
    .map((config) => sectionSchema.safeParse(config).data ?? {})
    .map((period) => ({ period, fromMs: Date.parse(textOf(period, "from") ?? "") }))
    .filter(({ fromMs }) => !(fromMs > nowMs))
    .toSorted((a, b) => (Number.isNaN(a.fromMs) ? 0 : a.fromMs) - (Number.isNaN(b.fromMs) ? 0 : b.fromMs));
  return begun.at(-1)?.period ?? {};
}

/** What `common` says holds where the client's own section says nothing at all. */
function awsSection(root: Section, storage: Section, store: string): Section {
  if (store !== "s3" && store !== "aws") return sectionOf(storage, "named_stores", "aws", store);
  const sections = [sectionOf(storage, "aws"), sectionOf(storage, "s3"), sectionOf(root, "common", "storage", "s3")];
  return sections.find((section) => textOf(section, "bucketnames") !== null || textOf(section, "s3") !== null) ?? {};
}

type ClientConfig = Omit<LokiStorageConfig, "indexPrefix">;

function ofAws(s3: Section): ClientConfig {
  return {
    ...ofUrl(textOf(s3, "s3")),
    ...set({
      buckets: textOf(s3, "bucketnames"),
      endpoint: textOf(s3, "endpoint"),
      region: textOf(s3, "region"),
      accessKeyId: textOf(s3, "access_key_id"),
      secretAccessKey: textOf(s3, "secret_access_key"),
      sessionToken: textOf(s3, "session_token"),
    }),
    storagePrefix: null,
    pathStyle: textOf(s3, "s3forcepathstyle"),
    insecure: textOf(s3, "insecure"),
    caFile: textOf(s3, "http_config", "ca_file"),
    skipVerify: textOf(s3, "http_config", "insecure_skip_verify"),
    chunkDelimiter: textOf(s3, "chunk_delimiter"),
  };
}

/** minio-go looks a bucket up by path unless the endpoint is one of the large clouds' own. */
function ofThanos(s3: Section, storagePrefix: string | null): ClientConfig {
  const lookup = textOf(s3, "bucket_lookup_type") ?? "auto";
  const endpoint = textOf(s3, "endpoint");
  const virtual =
    lookup === "virtual-hosted" ||
    (lookup === "auto" && /\.(amazonaws|aliyuncs)\.com(\.cn)?(:\d+)?$/.test(endpoint ?? ""));
  return {
    buckets: textOf(s3, "bucket_name"),
    storagePrefix,
    endpoint,
    region: textOf(s3, "region"),
    pathStyle: String(!virtual),
    insecure: textOf(s3, "insecure"),
    accessKeyId: textOf(s3, "access_key_id"),
    secretAccessKey: textOf(s3, "secret_access_key"),
    sessionToken: textOf(s3, "session_token"),
    caFile: textOf(s3, "http", "tls_ca_path"),
    skipVerify: textOf(s3, "http", "insecure_skip_verify"),
    chunkDelimiter: null,
  };
}

/** `s3://key:secret@host/bucket`: a host with a dot is an endpoint, any other is a region. */
function ofUrl(text: string | null) {
  const none = {
    buckets: null,
    endpoint: null,
    region: null,
    accessKeyId: null,
    secretAccessKey: null,
    sessionToken: null,
  };
  const url = text === null ? null : URL.parse(text);
  if (url === null) return none;
  const host = url.host;
  return {
    ...none,
    buckets: plain(url.pathname.replace(/^\//, "")),
    endpoint: host.includes(".") ? `http://${host}` : null,
    region: host.includes(".") ? null : plain(host),
    accessKeyId: plain(url.username),
    secretAccessKey: plain(url.password),
  };
}

function plain(part: string): string | null {
  try {
    return part === "" ? null : decodeURIComponent(part);
  } catch {
    // Not percent-encoded, so it is as it stands.
    return part;
  }
}

function set<Fields extends Readonly<Record<string, string | null>>>(fields: Fields): Partial<Fields> {
  // Only what is set is taken over, so every value has its field's type.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Partial<Fields>;
}

function sectionOf(section: Section, ...path: readonly string[]): Section {
  return path.reduce<Section>((at, name) => {
    const inner = sectionSchema.safeParse(Object.hasOwn(at, name) ? at[name] : null);
    return inner.success ? inner.data : {};
  }, section);
}

function textOf(section: Section, ...path: readonly string[]): string | null {
  const name = path.at(-1) ?? "";
  const holder = sectionOf(section, ...path.slice(0, -1));
  const value = scalarSchema.safeParse(Object.hasOwn(holder, name) ? holder[name] : null);
  const text = value.success ? String(value.data) : "";
  return text === "" ? null : text;
}

function firstSet(...sections: readonly Section[]): Section {
  return sections.find(isSet) ?? {};
}

function isSet(section: Section): boolean {
  return Object.keys(section).length > 0;
}
