import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "../../../src-main/core/health/instance/mask-secrets.ts";
import { readConfig } from "../../../src-main/core/health/instance/read-config.ts";
import { readInstance } from "../../../src-main/core/health/instance/read-instance.ts";
import type { TargetAnswer } from "../../../src-main/core/health/scraping/scrape-target.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { hanging, notFound, plain, ScriptedTarget } from "../../builders/scrape-targets.ts";

const never = new AbortController().signal;
const recordedConfig = readFileSync(new URL("../../fixtures/loki-config/ingester.yaml", import.meta.url), "utf8");

/** A process that answers some paths. */
function process(pages: Readonly<Record<string, TargetAnswer>>): ScriptedTarget {
  return new ScriptedTarget("ingester-0", ({ path }) => Promise.resolve(pages[path] ?? notFound()));
}

describe("what a process says of itself", () => {
  it("is its modules with their states, its build, and nothing about readiness when it is ready", async () => {
    const target = process({
      "/services": plain(200, "ring => Running\nstore => Starting\ningester-querier => Failed\n"),
      "/loki/api/v1/status/buildinfo": plain(
        200,
        '{"version":"3.7.6","revision":"5003600d","branch":"main","buildUser":"","buildDate":"","goVersion":"go1.26"}',
      ),
      "/ready": plain(200, "ready\n"),
    });
    expect(await readInstance(target, new ManualClock(), never)).toEqual({
      services: [
        { module: "ingester-querier", state: "Failed" },
        { module: "ring", state: "Running" },
        { module: "store", state: "Starting" },
      ],
      servicesError: null,
      build: { version: "3.7.6", revision: "5003600d", goVersion: "go1.26" },
      readyText: "",
    });
  });

  it("is why it is not ready, in its words and no more than a thousand characters of them", async () => {
    const text = `Some services are not Running:\nStarting: 1\n${"x".repeat(5_000)}`;
    const { readyText } = await readInstance(process({ "/ready": plain(503, text) }), new ManualClock(), never);
    expect(readyText).toHaveLength(1_000);
    expect(readyText).toContain("Starting: 1");
  });

  it("fails each part for itself: HTML, foreign words, nothing, or no answer", async () => {
    const clock = new ManualClock();
    const html = process({
      "/services": plain(200, "<html>login</html>", "text/html"),
      "/loki/api/v1/status/buildinfo": plain(200, "<html>login</html>", "text/html"),
      "/ready": plain(503, "<html>bad gateway</html>", "text/html"),
    });
    const foreign = { services: [], build: null, readyText: "" };
    expect(await readInstance(html, clock, never)).toMatchObject({
      ...foreign,
      servicesError: { code: "loki.bad-response" },
    });
    const forbidden = process({ "/services": plain(403, "") });
    expect((await readInstance(forbidden, clock, never)).servicesError?.code).toBe("loki.unauthorized");
    const prose = process({ "/services": plain(200, "all is well\n") });
    expect((await readInstance(prose, clock, never)).servicesError?.code).toBe("loki.bad-response");
    const running = readInstance(new ScriptedTarget("ingester-0", hanging), clock, never);
    await clock.advance(5_000);
    expect(await running).toMatchObject({ ...foreign, servicesError: { code: "loki.timed-out" } });
  });

  it("knows no build where the program was built without saying what it is", async () => {
    const target = process({
      "/loki/api/v1/status/buildinfo": plain(200, '{"version":"","revision":"","branch":"","goVersion":""}'),
    });
    expect((await readInstance(target, new ManualClock(), never)).build).toBeNull();
  });
});

describe("a configuration without its secrets", () => {
  it("is a recorded one to the letter but for its keys of the object store", () => {
    const before = recordedConfig.split("\n");
    const after = (maskSecrets(recordedConfig) ?? "").split("\n");
    expect(after).toHaveLength(before.length);
    const changed = before.flatMap((line, index) => (line === after[index] ? [] : [after[index]?.trim()]));
    expect(new Set(changed)).toEqual(new Set(["access_key_id: '********'"]));
    expect(maskSecrets(after.join("\n"))).toBe(after.join("\n"));
  });

  it("keeps comments, order, empty values, numbers, and names of files that hold secrets", () => {
    const text = `# ours
server: {http_listen_port: 3100, log_request_headers: false}   # kept
common:
  storage:
    s3:
      password: ""
      secret_access_key: null
      session_token:
  num_tokens: 128
  tokens_file_path: /var/loki/tokens
  basic_auth: {password_file: /etc/p}
  tls_config: {key_file: /etc/k, cert: ""}
`;
    expect(maskSecrets(text)).toBe(text);
  });

  it.each([
    ["a plain value", "password: hunter2", "hunter2"],
    ["a number", "client: {password: 12345}", "12345"],
    ["a quoted value", 'a: {secret_access_key: "hun\\u0074er2"}', "hun"],
    ["a block", "bearer_token: |\n  hunter2\n  more\nb: 1\n", "hunter2"],
    ["a folded block", "authorization:\n  credentials: >-\n    hunter2\n", "hunter2"],
    ["everything under basic_auth", "basic_auth:\n  username: hunter2\n  password: x\n", "hunter2"],
    ["custom headers", "remote_write:\n  headers:\n    X-Api: hunter2\n", "hunter2"],
    ["lists", "api_key: [hunter2, hunter2]", "hunter2"],
    ["a user in a URL", "alertmanager_url: http://me:hunter2@host:9093/x", "hunter2"],
    ["a key with slashes in a URL", "s3: s3://AKIA:hun/ter2@eu-west-1/bucket", "hun/ter2"],
    ["URLs in text", "hosts: 'http://a@h, http://b:hunter2@i'", "hunter2"],
    ["a key of TLS itself", "http_tls_config:\n  key: hunter2\n", "hunter2"],
    ["another spelling", "Client-Secret: hunter2", "hunter2"],
    ["an explicit key", "? password\n: hunter2\n", "hunter2"],
    ["an anchor and a tag", "password: &p !x hunter2\n", "hunter2"],
    ["a second document", "a: 1\n---\npassword: hunter2\n", "hunter2"],
    ["azure's", "account_key: hunter2\nconnection_string: x;AccountKey=hunter2", "hunter2"],
  ])("hides %s", (_what, text, secret) => {
    const masked = maskSecrets(text);
    expect(masked).toContain("********");
    expect(masked).not.toContain(secret);
  });

  it("is none for what is no YAML mapping: what cannot be read cannot be masked", () => {
    for (const text of ["", "password=hunter2", "a:\n\tpassword: hunter2\n", "a: [1", "a: b: c", "- 1", "'open"]) {
      expect(maskSecrets(text), text).toBeNull();
    }
    for (const depth of [5_000, 100_000]) {
      expect(maskSecrets(`${"{a: ".repeat(depth)}1${"}".repeat(depth)}`)).toBeNull();
      expect(maskSecrets(`${"- ".repeat(depth)}1`)).toBeNull();
    }
  });

  it("never lets a secret through, wherever it stands, and changes no other value", () => {
    const leaf = fc.constantFrom("plain", 7, true, null, "http://host/path");
    const tree = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("node"), { maxLength: 3 }), tie("map")),
      map: fc.dictionary(fc.constantFrom("a", "store", "password", "headers", "key", "url_path"), tie("node"), {
        maxKeys: 4,
      }),
    })).map;
    const secretly = fc.tuple(tree, fc.constantFrom("password", "secret_key", "bearer_token"));
    fc.assert(
      fc.property(secretly, ([value, key]) => {
        const config = { ...(value as object), nested: [{ [key]: "S3CR3T" }] };
        const masked = maskSecrets(stringify(config)) ?? "";
        expect(masked).not.toContain("S3CR3T");
        const paths = (node: unknown, path: string): string[] =>
          typeof node === "object" && node !== null
            ? Object.entries(node).flatMap(([name, inner]) => paths(inner, `${path}/${name}`))
            : [/password|headers|nested/.test(path) ? path : `${path}=${String(node)}`];
        expect(paths(parse(masked), "")).toEqual(paths(config, ""));
      }),
    );
  });
});

describe("reading a configuration", () => {
  it("masks it, and cuts one of more than a megabyte at a line", async () => {
    const lines = Array.from({ length: 70_000 }, (_, index) => `key_${index}: value\n`);
    const long = `password: hunter2\n${lines.join("")}`;
    const { yaml, cut } = await readConfig(process({ "/config": plain(200, long) }), new ManualClock(), never);
    expect(cut).toBe(true);
    expect(yaml.length).toBeLessThanOrEqual(2 ** 20);
    expect(yaml.endsWith(": value\n")).toBe(true);
    expect(yaml).not.toContain("hunter2");
    const short = await readConfig(process({ "/config": plain(200, "a: 1\n") }), new ManualClock(), never);
    expect(short).toEqual({ yaml: "a: 1\n", cut: false });
  });

  it("refuses what is none, with a typed error", async () => {
    for (const [answer, code] of [
      [plain(200, "<html>", "text/html"), "loki.bad-response"],
      [plain(404, "404 page not found"), "loki.bad-response"],
      [plain(401, ""), "loki.unauthorized"],
      [plain(200, "password=hunter2"), "loki.bad-response"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const failure = await readConfig(process({ "/config": answer }), new ManualClock(), never).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(AppError);
      expect(failure).toMatchObject({ code });
      expect(JSON.stringify(failure)).not.toContain("hunter2");
    }
  });
});
