import type { IncomingHttpHeaders } from "node:http";
import { isLogExpr } from "../../../src-shared/logql/ast.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson, goJsonString } from "../format/go-json.ts";
import { goRfc3339Nano } from "../format/go-text.ts";
import { errorReply, queryJsonReply, type Reply } from "../http/reply.ts";
import { detectedFieldsReply, detectedValuesReply, type SampledLine } from "./detected-fields.ts";
import { indexStatsReply, volumeReply } from "./index-handlers.ts";
import {
  detectedLabelsReply,
  labelNames,
  labelValues,
  legacyValuesReply,
  seriesReply,
  streamsInRange,
  valuesReply,
} from "./label-handlers.ts";
import { type LabContext, nowNs, tenantStreams } from "./lab-context.ts";
import { runLogQuery, sampleLines, selectStreams } from "./log-query.ts";
import type { QueryRoute } from "./loki-routes.ts";
import { answerInstant, answerMetricRange } from "./metric-query.ts";
import { type AnsweredLookup, lookupLine, metricsLine } from "./metrics-line.ts";
import { parseQuery, parseSelector } from "./parse-query.ts";
import { checkBytes, checkQuery, clampRange, estimateBytes, isBlocked, queryTypeOf } from "./query-limits.ts";
import { emptyTally } from "../store/entry-merge.ts";
import { type QueryTags, queryTagsOf } from "./query-tags.ts";
import { type AnswerCounts, isRecent, queryStats } from "./query-stats.ts";
import {
  parseBounds,
  parseDirection,
  parseInterval,
  parseLimit,
  parseStep,
  type RequestForm,
  type TimeBounds,
} from "./request-form.ts";
import { HttpProblem } from "../http/reply.ts";

const SPLIT_NS = 3_600_000_000_000n;
const SHARDS_ERROR =
  "expected one of the *LokiRequest, *LokiInstantRequest, *LokiSeriesRequest, *LokiLabelNamesRequest, *DetectedFieldsRequest, *QueryPatternsRequest got (*logproto.ShardsRequest)";

/** The query frontend: reads parameters as it does, checks limits, runs, and words the answer. */
export class QueryHandler {
  private readonly context: LabContext;

  constructor(context: LabContext) {
    this.context = context;
  }

  answer(route: QueryRoute, tenant: string, form: RequestForm, headers: IncomingHttpHeaders): Reply {
    switch (route.kind) {
      case "query-range":
        return this.queryRange(tenant, form, categorizes(headers), queryTagsOf(headers));
      case "query":
        return answerInstant(this.context, tenant, form, queryTagsOf(headers));
      case "legacy-query":
        return this.legacyQuery(tenant, form);
      case "labels":
        return this.lookup("labels", tenant, form, headers, () => {
          const names = labelNames(this.inRange(tenant, form));
          return { reply: valuesReply(names), entries: new Set(names).size };
        });
      case "legacy-labels":
        return legacyValuesReply(labelNames(this.inRange(tenant, form)));
      case "label-values":
        return this.lookup("labels", tenant, form, headers, () => {
          const values = labelValues(this.inRange(tenant, form), route.name);
          return { reply: valuesReply(values), entries: new Set(values).size, label: route.name };
        });
      case "legacy-label-values":
        return legacyValuesReply(labelValues(this.inRange(tenant, form), route.name));
      case "series":
        return this.lookup("series", tenant, form, headers, () => this.series(tenant, form));
      case "index-stats":
        return this.lookup("stats", tenant, form, headers, () => {
          const { selector } = parseSelector(form.get("query"));
          const streams = selectStreams(this.context, tenant, selector);
          return { reply: indexStatsReply(streams, this.bounds(form)), entries: 0 };
        });
      case "index-shards":
        return errorReply(500, SHARDS_ERROR);
      case "volume":
      case "volume-range":
        return this.lookup(route.kind === "volume" ? "volume" : "volume_range", tenant, form, headers, () => ({
          reply: this.volume(tenant, form, route.kind === "volume-range"),
          entries: 0,
        }));
      case "detected-labels":
        return detectedLabelsReply(this.inRange(tenant, form));
      case "detected-fields":
        return detectedFieldsReply(this.sample(tenant, form), fieldLimit(form));
      case "detected-field-values":
        return detectedValuesReply(this.sample(tenant, form), route.name, fieldLimit(form));
      case "patterns":
        parseSelector(form.get("query"));
        // The lab runs no pattern ingester.
        return errorReply(404, "");
      case "rules":
        return errorReply(404, "no rule groups found\n");
      case "prometheus-rules":
        return prometheusReply({ groups: [] });
      case "prometheus-alerts":
        return prometheusReply({ alerts: [] });
    }
  }

  private bounds(form: RequestForm): TimeBounds {
    return parseBounds(form, nowNs(this.context));
  }

  private queryRange(tenant: string, form: RequestForm, categorize: boolean, tags: QueryTags): Reply {
    const bounds = this.bounds(form);
    if (bounds.endNs <= bounds.startNs)
      throw new HttpProblem(400, "end timestamp must not be before or equal to start time");
    const limit = parseLimit(form);
    const backward = parseDirection(form);
    const stepNs = parseStep(form, bounds);
    const intervalNs = parseInterval(form);
    const text = form.get("query");
    const expr = parseQuery(text);
    const limits = this.context.limits.of(tenant);
    checkQuery(expr, limit, limits);
    const clamped = clampRange(bounds, limits, nowNs(this.context));
    if (isBlocked(text, expr, limits, tags)) {
      this.context.queryBlocked?.(tenant);
      throw new HttpProblem(400, "query blocked by policy");
    }
    const began = performance.now();
    if (!isLogExpr(expr)) {
      if (expr.kind === "variants") throw new HttpProblem(400, "multi variant queries are disabled for this instance");
      const asked = { text, limit, tags };
      return answerMetricRange(this.context, { tenant, expr, bounds: clamped, stepNs, limits, asked });
    }
    if (clamped === null) return streamsReply(emptyBody(categorize));
    if (expr.stages.length > 0)
      checkBytes(estimateBytes(selectStreams(this.context, tenant, expr.selector), clamped), limits);
    const result = runLogQuery(this.context, {
      tenant,
      expr,
      bounds: clamped,
      limit,
      backward,
      intervalNs,
      categorize,
    });
    const counts: AnswerCounts = {
      returned: result.answer.count,
      passed: result.passed,
      splits: Number((clamped.endNs - 1n) / SPLIT_NS - clamped.startNs / SPLIT_NS) + 1,
      execMs: performance.now() - began,
      referencedMetadata: result.referencedMetadata,
      recent: isRecent(clamped.endNs, nowNs(this.context)),
    };
    const stats = queryStats(result.tally, counts);
    const body = result.answer.body(stats);
    this.context.queryLog?.(
      metricsLine({
        tenant,
        query: text,
        type: queryTypeOf(expr) === "limited" ? "limited" : "filter",
        rangeType: "range",
        bounds: clamped,
        stepNs,
        limit,
        returnedLines: result.answer.count,
        resultStreams: result.answer.streamCount,
        resultBytes: body.length,
        stats,
        tags,
        nowNs: nowNs(this.context),
      }),
    );
    return streamsReply(body);
  }

  /** Answers a question about the index, and logs it. */
  private lookup(
    type: AnsweredLookup["type"],
    tenant: string,
    form: RequestForm,
    headers: IncomingHttpHeaders,
    answer: () => { readonly reply: Reply; readonly entries: number; readonly label?: string },
  ): Reply {
    const began = performance.now();
    const { reply, entries, label = "" } = answer();
    if (reply.status !== 200) return reply;
    const query = type === "series" ? matchesOf(form).join(":") : form.get("query");
    this.context.queryLog?.(
      lookupLine({
        tenant,
        type,
        query,
        label,
        bounds: this.bounds(form),
        entries,
        execMs: performance.now() - began,
        tags: queryTagsOf(headers),
        nowNs: nowNs(this.context),
      }),
    );
    return reply;
  }

  private legacyQuery(tenant: string, form: RequestForm): Reply {
    const bounds = this.bounds(form);
    const limit = parseLimit(form);
    const backward = parseDirection(form);
    const expr = parseQuery(form.get("query"));
    checkQuery(expr, limit, this.context.limits.of(tenant));
    if (!isLogExpr(expr)) throw new HttpProblem(400, "legacy endpoints only support streams result type");
    const began = performance.now();
    const result = runLogQuery(this.context, {
      tenant,
      expr,
      bounds,
      limit,
      backward,
      intervalNs: 0n,
      categorize: false,
    });
    const counts = {
      returned: result.answer.count,
      passed: result.passed,
      splits: 1,
      execMs: performance.now() - began,
      referencedMetadata: false,
      recent: isRecent(bounds.endNs, nowNs(this.context)),
    };
    const streams = result.answer.resultStreams().map(({ labelText, values }) => {
      // Written by ourselves a moment ago, so the shape is known.
      const entries = (JSON.parse(values) as [string, string][]).map(
        ([ns, line]) => `{"ts":"${goRfc3339Nano(BigInt(ns))}","line":${goJsonString(line)}}`,
      );
      return `{"labels":${goJsonString(labelText)},"entries":[${entries.join(",")}]}`;
    });
    return queryJsonReply(`{"stats":${goJson(queryStats(result.tally, counts))},"streams":[${streams.join(",")}]}`);
  }

  /** Streams of the range that the optional selector accepts. */
  private inRange(tenant: string, form: RequestForm): ReturnType<typeof streamsInRange> {
    const query = form.get("query");
    const accepts = query === "" ? () => true : compileSelector(parseSelector(query).selector.matchers);
    return streamsInRange(tenantStreams(this.context, tenant), this.bounds(form), accepts);
  }

  private series(tenant: string, form: RequestForm): { readonly reply: Reply; readonly entries: number } {
    const matches = matchesOf(form).filter((each) => each.replaceAll(" ", "") !== "{}");
    const tests = matches.map((each) => compileSelector(parseSelector(each).selector.matchers));
    const accepts = tests.length === 0 ? () => true : (labels: LabelSet) => tests.some((test) => test(labels));
    const found = streamsInRange(tenantStreams(this.context, tenant), this.bounds(form), accepts);
    return { reply: seriesReply(found), entries: found.length };
  }

  private volume(tenant: string, form: RequestForm, ranged: boolean): Reply {
    const bounds = this.bounds(form);
    const limits = this.context.limits.of(tenant);
    const { selector } = parseSelector(form.get("query"));
    if (!limits.volume_enabled) return errorReply(404, "not found");
    const began = performance.now();
    const request = {
      bounds,
      limit: Math.min(parseLimit(form), limits.volume_max_series),
      targetLabels: form
        .get("targetLabels")
        .split(",")
        .filter((label) => label !== ""),
      matcherNames: selector.matchers.map(({ name }) => name),
      aggregateByLabels: form.get("aggregateBy") === "labels",
      stepNs: ranged ? parseStep(form, bounds) : null,
    };
    return volumeReply(selectStreams(this.context, tenant, selector), request, performance.now() - began);
  }

  private sample(tenant: string, form: RequestForm): SampledLine[] {
    const expr = parseQuery(form.get("query"));
    if (!isLogExpr(expr)) throw new HttpProblem(400, "only log selector is supported");
    return sampleLines(this.context, tenant, expr, this.bounds(form), parseLimit(form, "line_limit", 100));
  }
}

function matchesOf(form: RequestForm): string[] {
  return [...form.all("match"), ...form.all("match[]")];
}

function fieldLimit(form: RequestForm): number {
  return form.get("field_limit") === "" ? parseLimit(form, "limit", 1_000) : parseLimit(form, "field_limit", 1_000);
}

function categorizes(headers: IncomingHttpHeaders): boolean {
  return String(headers["x-loki-response-encoding-flags"] ?? "")
    .split(",")
    .some((flag) => flag.trim() === "categorize-labels");
}

function streamsReply(body: Buffer): Reply {
  return { status: 200, contentType: "application/json; charset=UTF-8", body: [body] };
}

/** The answer of a query whose whole range lies before the lookback limit. */
function emptyBody(categorize: boolean): Buffer {
  const flags = categorize ? '"encodingFlags":["categorize-labels"],' : "";
  const stats = queryStats(emptyTally(), {
    returned: 0,
    passed: 0,
    splits: 0,
    execMs: 0,
    referencedMetadata: false,
    recent: false,
  });
  return Buffer.from(
    `{"status":"success","data":{"resultType":"streams",${flags}"result":[],"stats":${goJson(stats)}}}`,
  );
}

function prometheusReply(data: unknown): Reply {
  return {
    status: 200,
    contentType: "application/json",
    body: goJson({ status: "success", data, errorType: "", error: "" }),
  };
}
