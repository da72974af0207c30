import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpBodyError } from "../../../src-main/core/common/http-body-error.ts";
import type {
  LokiTransport,
  TransportRequest,
  TransportResponse,
} from "../../../src-main/core/clusters/loki-transport.ts";
import { directPrometheus } from "../../../src-main/core/health/prometheus/prometheus-adapters.ts";
import { prometheusJson, readScalar, readVector } from "../../../src-main/core/health/prometheus/prometheus-answer.ts";
import { equals, inParts, oneOf, selector } from "../../../src-main/core/health/prometheus/promql.ts";
import { componentOfTarget, instanceOfTarget, ownKey } from "../../../src-main/core/health/prometheus/target-labels.ts";
import { parseSeriesKey } from "../../../src-main/core/health/detection/series-key.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { plain } from "../../builders/scrape-targets.ts";

const never = new AbortController().signal;

/** A transport that answers, or fails, as told. */
function answering(
  answer: () => Promise<Partial<TransportResponse> & { readonly body?: string }>,
  asked: TransportRequest[] = [],
): LokiTransport {
  return {
    async request(request) {
      asked.push(request);
      const { body = "", ...told } = await answer();
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        bytes: (maxBytes) =>
          body.length <= maxBytes
            ? Promise.resolve(new TextEncoder().encode(body))
            : Promise.reject(
                new AppError(
                  "loki.bad-response",
                  { status: 0, problem: `body longer than ${maxBytes} bytes` },
                  { cause: new HttpBodyError("too-long", "") },
                ),
              ),
        cancel: () => Promise.resolve(),
        ...told,
      };
    },
    socket: () => Promise.reject(new Error("no socket")),
    describe: () => "http://prometheus",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const failure = (answer: Parameters<typeof answering>[0]) =>
  directPrometheus(answering(answer))
    .query("up", 1, never)
    .catch((error: unknown) => error);

describe("asking a Prometheus", () => {
  it("sends the query as a form with the instant it is meant for", async () => {
    const asked: TransportRequest[] = [];
    const transport = answering(() => Promise.resolve({ body: '{"status":"success"}' }), asked);
    await directPrometheus(transport).query('up{a="ü&="}', 1_795_355_697_276, never);
    await directPrometheus(transport).query("time()", null, never);
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/api/v1/query", "query=up%7Ba%3D%22%C3%BC%26%3D%22%7D&time=1795355697.276"],
      ["POST", "/api/v1/query", "query=time%28%29"],
    ]);
  });

  it.each([
    ["HTML of a login page", { body: "<html>sign in</html>" }, "HTML"],
    ["HTML by its type", { body: "x", headers: { "content-type": "text/html" } }, "HTML"],
    ["something else", { body: "hello" }, "no JSON"],
    [
      "an error of a query",
      { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
      "bad_data: parse error",
    ],
    [
      "an error said with 200",
      { body: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
      "timeout: query timed out",
    ],
    ["another API's JSON", { status: 404, body: '{"message":"not here"}' }, "no answer to a query"],
    ["more than 64 MB", { body: `[${" ".repeat(64 * 2 ** 20)}]` }, "body longer than 67108864 bytes"],
  ])("tells %s as Prometheus' failure", async (_what, answer, problem) => {
    expect(await failure(() => Promise.resolve(answer))).toMatchObject({
      code: "health.prometheus-failed",
      params: { problem },
    });
  });

  it("bounds what it repeats of an error", async () => {
    const body = JSON.stringify({ status: "error", errorType: "x", error: "y".repeat(50_000) });
    const error = await failure(() => Promise.resolve({ status: 422, body }));
    expect(JSON.stringify(error instanceof AppError ? error.toWire() : null).length).toBeLessThan(600);
  });

  it("words failures of the way as Prometheus', and leaves those of a cluster and a cancelling as they are", async () => {
    const rejecting = (error: unknown) =>
      failure(async () => {
        throw error;
      });
    expect(await rejecting(new AppError("loki.unreachable", { host: "h", problem: "ECONNREFUSED" }))).toMatchObject({
      code: "health.prometheus-failed",
      params: { status: 0, problem: "ECONNREFUSED" },
    });
    expect(await rejecting(new AppError("loki.timed-out", { seconds: 15 }))).toMatchObject({
      code: "health.prometheus-failed",
    });
    for (const error of [
      new AppError("request.cancelled", {}),
      new AppError("cluster.forbidden", { verb: "get", resource: "services/proxy", namespace: "monitoring" }),
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await rejecting(error)).toBe(error);
    }
  });
});

describe("a vector", () => {
  const vector = (result: unknown) => ({ status: "success", data: { resultType: "vector", result } });

  it("has its samples with floats of any kind, and leaves out what is none", () => {
    const sample = (value: unknown, metric: unknown = { a: "b" }) => ({ metric, value: [1, value] });
    const told = [sample("1.5e-7"), sample("NaN"), sample("+Inf"), sample("-Inf")];
    const broken = [
      sample("x"),
      sample(""),
      sample(7),
      sample("1", { a: 7 }),
      sample("1", null),
      { metric: {} },
      null,
      7,
    ];
    expect(readVector(vector([...told, ...broken])).map(({ value }) => value)).toEqual([
      1.5e-7,
      Number.NaN,
      Infinity,
      -Infinity,
    ]);
  });

  it("is nothing else: scalars, matrices, other JSON", () => {
    for (const json of [null, 7, [], {}, vector(null), vector({}), { ...vector([]), status: "error" }]) {
      expect(() => readVector(json), JSON.stringify(json)).toThrow(AppError);
    }
    const scalar = { status: "success", data: { resultType: "scalar", result: [1, "1795355697.276"] } };
    expect(readScalar(scalar)).toBe(1_795_355_697.276);
    expect(() => readVector(scalar)).toThrow(AppError);
    expect(() => readScalar(vector([]))).toThrow(AppError);
  });

  it("never makes anything of foreign JSON but a typed error", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          readVector(prometheusJson(plain(200, JSON.stringify(vector(json)), "application/json")));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describe("PromQL", () => {
  it("takes names and values literally", () => {
    expect(selector([equals("namespace", 'a"b\\c'), oneOf("job", ["a.b", "c|d"])])).toBe(
      '{namespace="a\\"b\\\\c",job=~"a\\\\.b|c\\\\|d"}',
    );
    expect(oneOf("job", ["only.one"])).toBe('job="only.one"');
  });

  it("is cut into parts that hold every name once and are no longer than allowed", () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(names, (all) => {
        const parts = inParts(all, 50);
        expect(parts.flat()).toEqual(all);
        expect(parts.every((part) => part.join("|").length <= 50)).toBe(true);
      }),
    );
  });
});

describe("labels of a target", () => {
  it.each([
    [{ container: "ingester", pod: "loki-ingester-0" }, "ingester"],
    [{ container: "loki", job: "logging/loki-write", pod: "loki-write-0" }, "write"],
    [{ container: "loki", pod: "prod-read-loki-query-frontend-7d9f8b6c5-x2x1z" }, "query-frontend"],
    [{ component: "query-scheduler", container: "x" }, "query-scheduler"],
    [{ app_kubernetes_io_component: "index-gateway" }, "index-gateway"],
    [{ container: "ingester-zone-a", name: "ingester-zone-a" }, "ingester"],
    [{ container: "pattern-ingester" }, "pattern-ingester"],
    [{ container: "loki", job: "logging/loki", pod: "loki-0" }, "single-binary"],
    [{ job: "loki", instance: "10.0.0.1:3100" }, "single-binary"],
    [{ container: "gateway" }, null],
    [{ job: "logging/loki-canary" }, null],
    [{ app_kubernetes_io_component: "memcached-chunks-cache", container: "exporter" }, null],
  ])("%j are of %s", (labels, component) => {
    expect(componentOfTarget(labels as Readonly<Record<string, string>>)).toBe(component);
  });

  it("name the instance by its pod, else by its address", () => {
    expect(instanceOfTarget({ pod: "a-0", instance: "h:1" })).toBe("a-0");
    expect(instanceOfTarget({ instance: "h:1" })).toBe("h:1");
  });

  it("are taken off a series, whose own ones come back as the process wrote them", () => {
    const target = { job: "j", instance: "i", pod: "p" };
    expect(ownKey({ __name__: "up", ...target }, target)).toBe("up");
    expect(ownKey({ __name__: "m", ...target, exported_pod: "own", exported_z: "stays", b: "1" }, target)).toBe(
      'm{b="1",exported_z="stays",pod="own"}',
    );
    expect(ownKey({ __name__: "m", job: "j", instance: "i", pod: "other" }, target)).toBeNull();
  });

  it("leave keys that read back as what they were, whatever the values hold", () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/).filter((text) => !/^(__name__|job|instance)$/.test(text));
    const labels = fc.dictionary(name, fc.string(), { maxKeys: 5 });
    fc.assert(
      fc.property(labels, (own) => {
        const target = { job: "j", instance: "i" };
        const key = ownKey({ __name__: "m", ...target, ...own }, target) ?? "";
        expect({ ...parseSeriesKey(key).labels }).toEqual({ ...own });
      }),
    );
  });
});
