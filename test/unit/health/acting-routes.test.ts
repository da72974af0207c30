import { describe, expect, it } from "vitest";
import {
  requestText,
  requireActing,
  sendFailure,
} from "../../../src-main/core/health/operations/adapters/acting-request.ts";
import { ACTING_PATHS, type ActingRequest } from "../../../src-main/core/health/operations/pod-actions.ts";
import { READING_PATHS } from "../../../src-main/core/health/scraping/scrape-target.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { RING_PAGES } from "../../../src-shared/model/health/ring.ts";
import { sourceFiles } from "../../architecture/source-files.ts";

const never = new AbortController().signal;
/** Routes on which Loki acts when they are merely asked for. */
const ACTS_ON_GET = ["/flush", "/ingester/shutdown"];

describe("Loki's routes that act", () => {
  it("are none of those that are read, but for pages that act on POST and DELETE alone", () => {
    const reading: readonly string[] = READING_PATHS;
    const both = ACTING_PATHS.filter((path) => reading.includes(path));
    expect(new Set(both)).toEqual(new Set([...Object.values(RING_PAGES), "/ingester/prepare_shutdown", "/log_level"]));
    expect(ACTS_ON_GET.filter((path) => reading.includes(path))).toEqual([]);
  });

  it("are named where operations are, where reading is listed, and nowhere else", () => {
    const named = /["'`](?:\/flush|\/ingester\/(?:shutdown|prepare_shutdown|flush_shutdown)|\/log_level)\b/;
    const files = sourceFiles("src-{main,renderer,shared}/**/*.{ts,tsx}")
      .filter(({ path }) => !path.startsWith("src-main/lab/"))
      .filter(({ text }) => named.test(text))
      .map(({ path }) => path)
      .filter((path) => path !== "src-main/core/health/scraping/scrape-target.ts");
    expect(files.filter((path) => !path.startsWith("src-main/core/health/operations/"))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
  });

  it("stand beside no GET, in any file of the operations", () => {
    const files = sourceFiles("src-main/core/health/operations/**/*.ts");
    const gets = files.filter(({ text }) => /method:\s*["']GET["']/.test(text)).map(({ path }) => path);
    // Both read a Kubernetes object or the list of delete requests, and name none of these routes.
    expect(gets.toSorted()).toEqual([
      "src-main/core/health/operations/adapters/delete-requests.ts",
      "src-main/core/health/operations/adapters/workload-patches.ts",
    ]);
    for (const path of gets) {
      const { text } = files.find((file) => file.path === path) ?? { text: "" };
      expect(ACTING_PATHS.filter((route) => text.includes(`"${route}"`))).toEqual([]);
    }
  });

  it("are refused at run time with another method, and so is every other route", () => {
    const request = (change: object): ActingRequest =>
      Object.assign({ instance: "i", method: "POST", path: "/flush", signal: never, timeoutMs: 1 } as const, change);
    expect(() => requireActing(request({}))).not.toThrow();
    const others = [{ method: "GET" }, { method: "PUT" }, { path: "/loki/api/v1/push" }, { path: "/flush/../config" }];
    for (const other of others) expect(() => requireActing(request(other))).toThrow("operation.unsupported");
  });

  it("are shown to the letter", () => {
    expect(requestText({ method: "POST", path: "/ring", form: { forget: "a b&c" } })).toBe("POST /ring forget=a+b%26c");
    const query = { flush: "true", delete_ring_tokens: "false", terminate: "true" };
    expect(requestText({ method: "POST", path: "/ingester/shutdown", query })).toBe(
      "POST /ingester/shutdown?flush=true&delete_ring_tokens=false&terminate=true",
    );
  });
});

describe("a failure to send", () => {
  const host = "api:6443";
  const notReceived: readonly AppError[] = [
    new AppError("cluster.forbidden", { verb: "create", resource: "pods/proxy", namespace: "loki" }),
    new AppError("cluster.unreachable", { host, problem: "ECONNREFUSED" }),
    new AppError("loki.unreachable", { host, problem: "ENOTFOUND" }),
    new AppError("health.instance-unknown", { instance: "x" }),
    new AppError("cluster.backend-unavailable", {
      backend: "pod loki/x:3100",
      problem: "error trying to reach service: dial tcp 10.0.0.1:3100: connect: connection refused",
    }),
  ];
  it.each(notReceived)("$message is told as it is: nobody received it", (error) => {
    expect(sendFailure(error, "POST /flush")).toBe(error);
  });

  const unsure: readonly unknown[] = [
    new AppError("loki.timed-out", { seconds: 30 }),
    new AppError("cluster.unreachable", { host, problem: "ECONNRESET" }),
    new AppError("cluster.unreachable", { host, problem: "other side closed" }),
    new AppError("loki.bad-response", { status: 0, problem: "body cut short" }),
    new AppError("request.cancelled", {}),
    new AppError("cluster.failed", { status: 504, problem: "gateway timeout" }),
    new AppError("cluster.backend-unavailable", { backend: "pod", problem: "error trying to reach service: EOF" }),
    new Error("anything"),
  ];
  it.each(unsure)("%s may have been received: its outcome is unknown", (error) => {
    expect(sendFailure(error, "POST /flush")).toMatchObject({
      code: "operation.outcome-unknown",
      params: { request: "POST /flush" },
    });
  });
});
