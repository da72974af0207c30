import { HttpProblem } from "../http/reply.ts";
import { parsePrometheusDuration } from "../../../src-shared/logql/text/go-duration.ts";
import { quoteGo } from "../../../src-shared/logql/text/go-quote.ts";

const NS = 1_000_000_000n;
const MAX_POINTS = 11_000n;

/** A request's parameters as Go's `r.Form` holds them: those of the body before those of the URL. */
export class RequestForm {
  private readonly body: URLSearchParams;
  private readonly url: URLSearchParams;

  constructor(url: URLSearchParams, body: URLSearchParams) {
    this.url = url;
    this.body = body;
  }

  /** The first value, `""` without one. */
  get(name: string): string {
    return this.body.get(name) ?? this.url.get(name) ?? "";
  }

  all(name: string): string[] {
    return [...this.body.getAll(name), ...this.url.getAll(name)];
  }
}

export interface TimeBounds {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** `start`, `end` and `since` (default: the last hour). */
export function parseBounds(form: RequestForm, nowNs: bigint): TimeBounds {
  const endText = form.get("end");
  const startText = form.get("start");
  const endNs = endText === "" ? nowNs : timeParameter("end", endText);
  if (startText !== "") return { startNs: timeParameter("start", startText), endNs };
  const since = form.get("since");
  const length = parsePrometheusDuration(since === "" ? "1h" : since);
  if (!length.ok) throw new HttpProblem(400, `could not parse 'since' parameter: ${length.error}`);
  return { startNs: (endNs < nowNs ? endNs : nowNs) - length.ns, endNs };
}

function timeParameter(name: string, text: string): bigint {
  const ns = parseLokiTime(text);
  if (ns === null) {
    throw new HttpProblem(
      400,
      `could not parse '${name}' parameter: strconv.ParseInt: parsing ${quoteGo(text)}: invalid syntax`,
    );
  }
  return ns;
}

/** `time` of an instant query. */
export function parseInstant(form: RequestForm, nowNs: bigint): bigint {
  const text = form.get("time");
  if (text === "") return nowNs;
  const ns = parseLokiTime(text);
  if (ns === null) throw new HttpProblem(400, `strconv.ParseInt: parsing ${quoteGo(text)}: invalid syntax`);
  return ns;
}

const STAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/;

/** A time as Loki reads one: up to ten digits seconds, more of them nanoseconds, with a point seconds, or RFC 3339. */
export function parseLokiTime(text: string): bigint | null {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text);
    return text.length <= 10 ? value * NS : value;
  }
  if (/^-?\d*\.\d*$/.test(text) && text !== ".") {
    const [whole = "", fraction = ""] = text.split(".");
    const sign = whole.startsWith("-") ? -1n : 1n;
    const seconds = BigInt(whole.replace("-", "") || "0");
    // Loki reads a float and rounds it to milliseconds.
    const ms = BigInt(Math.round(Number(`0.${fraction || "0"}`) * 1_000));
    return sign * (seconds * NS + ms * 1_000_000n);
  }
  const stamp = STAMP.exec(text);
  if (stamp === null) return null;
  const ms = Date.parse(`${stamp[1]}${stamp[3]}`);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt((stamp[2] ?? "").padEnd(9, "0"));
}

/** A positive whole number, or the default. */
export function parseLimit(form: RequestForm, name = "limit", byDefault = 100): number {
  const text = form.get(name);
  if (text === "") return byDefault;
  const value = parseAtoi(text);
  if (value <= 0) throw new HttpProblem(400, "limit must be a positive value");
  return value;
}

function parseAtoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new HttpProblem(400, `strconv.Atoi: parsing ${quoteGo(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new HttpProblem(400, `strconv.Atoi: parsing ${quoteGo(text)}: value out of range`);
  return value;
}

/** True for `backward`, the default. */
export function parseDirection(form: RequestForm): boolean {
  const text = form.get("direction");
  const word = text.toUpperCase();
  if (word !== "" && word !== "BACKWARD" && word !== "FORWARD")
    throw new HttpProblem(400, `invalid direction '${text}'`);
  return word !== "FORWARD";
}

/** `step`: seconds or a duration; by default the range divided by 250, at least a second. */
export function parseStep(form: RequestForm, bounds: TimeBounds): bigint {
  const text = form.get("step");
  const rangeNs = bounds.endNs - bounds.startNs;
  const byDefault = rangeNs / NS / 250n;
  const stepNs = text === "" ? (byDefault > 1n ? byDefault : 1n) * NS : secondsOrDuration(text);
  if (stepNs <= 0n) {
    throw new HttpProblem(
      400,
      "zero or negative query resolution step widths are not accepted. Try a positive integer",
    );
  }
  if (rangeNs / stepNs > MAX_POINTS) {
    throw new HttpProblem(
      400,
      "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter",
    );
  }
  return stepNs;
}

/** `interval` of log queries; 0 without one. */
export function parseInterval(form: RequestForm): bigint {
  const text = form.get("interval");
  if (text === "") return 0n;
  const intervalNs = secondsOrDuration(text);
  if (intervalNs < 0n) throw new HttpProblem(400, "interval must be >= 0");
  return intervalNs;
}

function secondsOrDuration(text: string): bigint {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return BigInt(Math.round(Number(text) * 1e9));
  const duration = parsePrometheusDuration(text);
  if (!duration.ok) throw new HttpProblem(400, `cannot parse ${quoteGo(text)} to a valid duration`);
  return duration.ns;
}
