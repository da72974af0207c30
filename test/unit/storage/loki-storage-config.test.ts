import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lokiStorageConfig } from "../../../src-main/core/storage/stores/site/loki-storage-config.ts";

const NOW = Date.UTC(2026, 10, 23);

function read(yaml: string) {
  return lokiStorageConfig(yaml, NOW);
}

const SCHEMA = `
schema_config:
  configs:
    - {from: "2024-01-01", store: tsdb, object_store: s3, schema: v13, index: {prefix: index_, period: 24h}}
`;

describe("Loki's configuration", () => {
  it("of a real cluster names bucket and endpoint with its variables as they stand", () => {
    const yaml = readFileSync(
      new URL("../../fixtures/storage/loki-config/microservices.yaml", import.meta.url),
      "utf8",
    );
    expect(read(yaml)).toMatchObject({
      buckets: "loki-chunks",
      endpoint: "http://${S3}",
      region: "us-east-1",
      pathStyle: "true",
      insecure: "true",
      indexPrefix: "index/",
      chunkDelimiter: null,
      storagePrefix: null,
    });
  });

  it("has the client's own section before what is common, and takes nothing of the other", () => {
    const found = read(`${SCHEMA}
common: {storage: {s3: {bucketnames: common, endpoint: common.example, access_key_id: c}}}
storage_config: {aws: {bucketnames: "a, b", s3forcepathstyle: true, chunk_delimiter: "-", http_config: {insecure_skip_verify: true, ca_file: /tls/ca.crt}}}
`);
    expect(found).toMatchObject({
      buckets: "a, b",
      endpoint: null,
      accessKeyId: null,
      chunkDelimiter: "-",
      skipVerify: "true",
      caFile: "/tls/ca.crt",
    });
    const onlyTuned = read(`${SCHEMA}
common: {storage: {s3: {bucketnames: common}}}
storage_config: {aws: {backoff_config: {max_retries: 3}}}
`);
    expect(onlyTuned).toMatchObject({ buckets: "common" });
  });

  it("reads the one URL that may hold everything", () => {
    expect(
      read(`${SCHEMA}storage_config: {aws: {s3: "s3://key%2F1:sec%40ret@minio.storage:9000/chunks"}}`),
    ).toMatchObject({
      buckets: "chunks",
      endpoint: "http://minio.storage:9000",
      accessKeyId: "key/1",
      secretAccessKey: "sec@ret",
    });
    expect(read(`${SCHEMA}storage_config: {aws: {s3: "s3://eu-central-1/chunks"}}`)).toMatchObject({
      buckets: "chunks",
      endpoint: null,
      region: "eu-central-1",
      accessKeyId: null,
    });
  });

  it("reads the Thanos client with its prefix, and only where it is in use", () => {
    const store = `object_store: {storage_prefix: one, s3: {bucket_name: t, endpoint: "minio:9000", insecure: true, access_key_id: k}}`;
    expect(
      read(`${SCHEMA}storage_config: {use_thanos_objstore: true, ${store}, aws: {bucketnames: other}}`),
    ).toMatchObject({
      buckets: "t",
      storagePrefix: "one",
      pathStyle: "true",
      accessKeyId: "k",
    });
    expect(read(`${SCHEMA}storage_config: {${store}, aws: {bucketnames: other}}`)).toMatchObject({ buckets: "other" });
    const amazon = `object_store: {s3: {bucket_name: t, endpoint: s3.eu-west-1.amazonaws.com}}`;
    expect(read(`${SCHEMA}storage_config: {use_thanos_objstore: true, ${amazon}}`)).toMatchObject({
      pathStyle: "false",
    });
  });

  it("follows the period of today: not one to come, and named stores by their name", () => {
    const yaml = `
schema_config:
  configs:
    - {from: "2020-01-01", object_store: filesystem, index: {path_prefix: old/}}
    - {from: "2099-01-01", object_store: filesystem, index: {path_prefix: new/}}
    - {from: "2025-01-01", object_store: fast, index: {path_prefix: "idx/"}}
storage_config: {aws: {bucketnames: default}, named_stores: {aws: {fast: {bucketnames: quick}}}}
`;
    expect(read(yaml)).toMatchObject({ buckets: "quick", indexPrefix: "idx/" });
  });

  it("says where there is no S3, and what is no YAML, without quoting it", () => {
    expect(
      read(
        "schema_config: {configs: [{from: 2024-01-01, object_store: gcs}]}\nstorage_config: {gcs: {bucket_name: x}}",
      ),
    ).toBe("no-object-store");
    expect(read(`${SCHEMA}common: {storage: {filesystem: {}}}`)).toBe("no-object-store");
    expect(read("a: [unclosed\n  secret_access_key: hush")).toBe("bad-config");
    expect(read("just a sentence")).toBe("bad-config");
    expect(read(`${SCHEMA}storage_config: {aws: {s3: "s3://%zz:x@minio.a/b"}}`)).toMatchObject({ accessKeyId: "%zz" });
  });
});
