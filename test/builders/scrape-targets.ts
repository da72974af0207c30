import { AppError } from "../../src-shared/errors/app-error.ts";
import type {
  ScrapeTarget,
  TargetAnswer,
  TargetRequest,
  TargetSource,
} from "../../src-main/core/health/scraping/scrape-target.ts";

export type Answering = (request: TargetRequest) => Promise<TargetAnswer>;

/** A target of a test: what it answers, and how often it was asked for what. */
export class ScriptedTarget implements ScrapeTarget {
  readonly instance: string;
  readonly component: string;
  readonly zone = null;
  readonly node = null;
  readonly asked: string[] = [];
  answer: Answering;

  constructor(instance: string, answer: Answering = metricsPage(`loki_build_info{version="3.7.6"} 1\n`)) {
    this.instance = instance;
    this.component = instance.replace(/-\d+$/, "");
    this.answer = answer;
  }

  get(request: TargetRequest): Promise<TargetAnswer> {
    this.asked.push(request.path);
    return this.answer(request);
  }
}

export function plain(status: number, body: string, contentType = "text/plain; version=0.0.4"): TargetAnswer {
  return { status, contentType, body: Buffer.from(body) };
}

/** Metrics as given, ready, and no ring. */
export function metricsPage(text: string): Answering {
  return ({ path }) =>
    Promise.resolve(path === "/metrics" ? plain(200, text) : path === "/ready" ? plain(200, "ready\n") : notFound());
}

export function notFound(): TargetAnswer {
  return plain(404, "404 page not found\n", "text/plain");
}

/** Never answers; ends only with its signal. */
export function hanging({ signal }: TargetRequest): Promise<TargetAnswer> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new AppError("request.cancelled", {})), { once: true });
  });
}

export function sourceOf(...targets: readonly ScrapeTarget[]): TargetSource {
  return { targets: () => Promise.resolve(targets) };
}
