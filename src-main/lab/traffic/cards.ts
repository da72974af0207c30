import type { LineMoment, WrittenLine } from "./traffic-source.ts";

const MERCHANTS = [
  "airline-044",
  "grocer-118",
  "fuel-771",
  "东方书店",
  "ホテル桜",
  "streaming-009",
  "taxi-302",
] as const;
const SCHEMES = ["visa", "mastercard", "unionpay", "jcb"] as const;

function struck(moment: LineMoment, share: number): boolean {
  return moment.incident !== null && moment.random.chance(moment.incident.strength * share);
}

/** Card authorisation: logfmt with a trace id in the line and in structured metadata. */
export function writeAuthorizer(moment: LineMoment): WrittenLine {
  const { random, traceId } = moment;
  const pan = `${random.pick(["4929", "5412", "6221"])}********${random.int(1_000, 9_999)}`;
  const head = `ts=${new Date(moment.atMs).toISOString()} caller=authorize.go:${random.int(40, 400)} trace_id=${traceId}`;
  const metadata = { traceId, spanId: random.hex(16) };
  if (struck(moment, 0.5)) {
    const line = `level=error ${head} msg="issuer timeout" scheme=${random.pick(SCHEMES)} pan=${pan} latency=${(5 + random.next() * 3).toFixed(3)}s err="context deadline exceeded" retry=${random.int(1, 3)}`;
    return { line, level: "error", metadata };
  }
  const declined = random.chance(0.04);
  const latency = random.latencyMs(72);
  const level = declined ? "warn" : random.chance(0.2) ? "debug" : "info";
  const line = `level=${level} ${head} msg="${declined ? "declined" : "approved"}" scheme=${random.pick(SCHEMES)} pan=${pan} merchant="${random.pick(MERCHANTS)}" amount=${(random.next() * 400).toFixed(2)} latency=${latency}ms code=${declined ? random.pick(["05", "51", "54"]) : "00"}`;
  return { line, level, metadata };
}

/** Fraud scoring: logfmt with floating-point fields. */
export function writeFraud(moment: LineMoment): WrittenLine {
  const { random, traceId } = moment;
  const score = Math.round(random.next() ** 4 * 1_000) / 1_000;
  const level = score > 0.93 ? "error" : score > 0.7 ? "warn" : "info";
  const features = random.int(18, 64);
  const line = `level=${level} ts=${new Date(moment.atMs).toISOString()} component=scorer model=gbm-${random.int(30, 34)} score=${score} features=${features} took=${random.latencyMs(9)}ms trace_id=${traceId} msg="${level === "info" ? "scored" : "held for review"}"`;
  return { line, level, metadata: { traceId, spanId: random.hex(16) } };
}

/** The hardware security module's proxy: sizes with units, an alarm now and then. */
export function writeHsm(moment: LineMoment): WrittenLine {
  const { random } = moment;
  if (random.chance(0.001)) {
    return {
      line: `level=critical ts=${new Date(moment.atMs).toISOString()} slot=${random.int(0, 3)} msg="tamper sensor voltage out of range" volts=${(2.4 + random.next() / 5).toFixed(2)}`,
      level: "critical",
    };
  }
  const slow = struck(moment, 0.3);
  const line = `level=${slow ? "warn" : "info"} ts=${new Date(moment.atMs).toISOString()} slot=${random.int(0, 3)} op=${random.pick(["verify-pin", "translate-pin", "mac", "derive-key"])} in=${random.int(1, 8)}KB out=${random.int(16, 64)}B took=${slow ? random.latencyMs(900) : random.latencyMs(2)}ms`;
  return { line, level: slow ? "warn" : "info" };
}

/** Messages to customers, in their languages. */
export function writeNotifier(moment: LineMoment): WrittenLine {
  const { random, traceId } = moment;
  const text = random.pick([
    "您的信用卡消费 ¥1,280.00",
    "カードのご利用 ¥4,500",
    "카드 승인 52,000원",
    "Your card was used: €31.20",
    "Ihre Karte wurde belastet: 18,40 €",
  ]);
  const failed = struck(moment, 0.4);
  const line = `level=${failed ? "error" : "info"} ts=${new Date(moment.atMs).toISOString()} channel=${random.pick(["push", "sms", "mail"])} msg="${failed ? "delivery failed" : "delivered"}" text="${text}" trace_id=${traceId}`;
  return { line, level: failed ? "error" : "info", metadata: { traceId } };
}
