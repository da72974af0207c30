import type { SeededRandom } from "./seeded-random.ts";
import type { LineMoment, WrittenLine } from "./traffic-source.ts";

const PATHS = ["/v1/payments", "/v1/payments/refund", "/v1/quotes", "/v1/accounts", "/v1/transfers"] as const;
const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "CNY"] as const;
const NAMES = ["J. Müller", "Zoë van Dijk", "李明", "田中 太郎", "Ana Souza", "O'Brien <vip>"] as const;

/** Whether this line is one of an incident; `home` says that the incident began in this application. */
function struck(moment: LineMoment, home: number): boolean {
  if (moment.incident === null) return false;
  const share = moment.incident.centre % 4 === home ? 0.6 : 0.15;
  return moment.random.chance(moment.incident.strength * share);
}

function stamp(moment: LineMoment): string {
  return new Date(moment.atMs).toISOString();
}

function user(random: SeededRandom): string {
  return `u${random.int(10_000, 99_999)}`;
}

/** Payments: JSON with nested objects, an error now and then, and once in a while a payload of many kilobytes. */
export function writePayment(moment: LineMoment): WrittenLine {
  const { random, traceId } = moment;
  const metadata = { traceId, spanId: random.hex(16), user: user(random) };
  const base = {
    ts: stamp(moment),
    msg: "payment authorised",
    trace_id: traceId,
    user_id: random.int(1_000, 9_999),
    latency_ms: random.latencyMs(38),
    http_status_code: 200,
    path: random.pick(PATHS),
    amount: (random.next() * 9_000).toFixed(2),
    currency: random.pick(CURRENCIES),
  };
  if (struck(moment, 0)) {
    const retryable = random.chance(0.5);
    const line = JSON.stringify({
      level: "error",
      ...base,
      msg: "payment failed",
      latency_ms: 5_000 + random.latencyMs(40),
      http_status_code: 504,
      err: { code: "E_TIMEOUT", retryable, cause: "upstream timeout after 5000ms: ledger.retail-bank.svc:8443" },
    });
    return { line, level: "error", metadata };
  }
  if (random.chance(0.0004)) return { line: longPayload(moment), level: "warn", metadata };
  if (random.chance(0.015)) {
    const err = { code: "E_INSUFFICIENT_FUNDS", retryable: false, cause: null };
    return {
      line: JSON.stringify({ level: "warn", ...base, msg: "payment declined", http_status_code: 402, err }),
      level: "warn",
      metadata,
    };
  }
  if (random.chance(0.12)) {
    return {
      line: JSON.stringify({ level: "debug", ...base, msg: "idempotency key checked" }),
      level: "debug",
      metadata,
    };
  }
  const card = random.chance(0.4) ? { card: { bin: random.pick(["411111", "555555", "378282"]), country: "DE" } } : {};
  const customer = random.chance(0.1) ? { customer: random.pick(NAMES) } : {};
  return { line: JSON.stringify({ level: "info", ...base, ...card, ...customer }), level: "info", metadata };
}

/** A dumped batch: one line of tens of kilobytes. */
function longPayload(moment: LineMoment): string {
  const items = Array.from({ length: moment.random.int(120, 400) }, (_, index) => ({
    seq: index,
    iban: `DE${moment.random.int(10, 99)}5001051754${moment.random.int(10_000_000, 99_999_999)}`,
    amount: (moment.random.next() * 900).toFixed(2),
    reference: `INV-${moment.random.hex(8)}`,
    note: moment.random.pick(["Miete März", "salary", "工资", "Strom & Gas", "<none>"]),
  }));
  return JSON.stringify({
    level: "warn",
    ts: stamp(moment),
    msg: "batch rejected, payload dumped",
    trace_id: moment.traceId,
    items,
  });
}

/** The ledger: JSON of another hand, `severity` for `level`, durations as text. */
export function writeLedger(moment: LineMoment): WrittenLine {
  const { random, traceId } = moment;
  const metadata = { traceId, spanId: random.hex(16) };
  const failed = struck(moment, 1);
  const took = failed ? 4_000 + random.latencyMs(800) : random.latencyMs(6);
  const entry = {
    time: stamp(moment),
    severity: failed ? "ERROR" : "INFO",
    logger: "ledger.posting",
    message: failed ? "could not obtain a connection from the pool" : "entry posted",
    account: `ACC-${random.int(100_000, 999_999)}`,
    duration: `${took.toFixed(1)}ms`,
    rows: failed ? 0 : random.int(1, 12),
    trace_id: traceId,
    ...(failed ? { pool: { active: 50, idle: 0, waiting: random.int(10, 220) } } : {}),
  };
  return { line: JSON.stringify(entry), level: failed ? "error" : "info", metadata };
}

/** Sign-in: logfmt-like text with names that need quoting, sometimes in other scripts. */
export function writeAuth(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const name = random.pick(["alice", "bob", "jürgen", "王芳", "carol", "mallory", "佐藤"]);
  const ip = `10.${random.int(0, 40)}.${random.int(0, 255)}.${random.int(1, 254)}`;
  const metadata = { user: name };
  if (struck(moment, 2) || random.chance(0.02)) {
    const line = `level=warn ts=${stamp(moment)} msg="login failed" user=${name} ip=${ip} reason="bad password" attempt=${random.int(1, 9)}`;
    return { line, level: "warn", metadata };
  }
  if (random.chance(0.002)) {
    // A right-to-left override in a user's input: what a terminal shows is not what was typed.
    const line = `level=warn ts=${stamp(moment)} msg="suspicious user name" user="invoice\u202Egpj.exe" ip=${ip}`;
    return { line, level: "warn", metadata };
  }
  const line = `level=info ts=${stamp(moment)} msg="login ok" user=${name} ip=${ip} dur=${random.latencyMs(14)}ms mfa=${random.chance(0.7)}`;
  return { line, level: "info", metadata };
}

/** The edge: access log lines in the combined format. */
export function writeGateway(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const bad = struck(moment, 3);
  const status = bad ? random.pick([502, 503, 504]) : random.pick([200, 200, 200, 200, 201, 204, 304, 404]);
  const date = new Date(moment.atMs).toUTCString();
  const day = `${date.slice(5, 7)}/${date.slice(8, 11)}/${date.slice(12, 16)}:${date.slice(17, 25)} +0000`;
  const took = bad ? (5 + random.next()).toFixed(3) : (random.latencyMs(40) / 1_000).toFixed(3);
  const address = `203.0.113.${random.int(1, 254)}`;
  const line = `${address} - - [${day}] "${random.pick(["GET", "POST", "PUT"])} ${random.pick(PATHS)} HTTP/1.1" ${status} ${random.int(80, 9_000)} "-" "${random.pick(AGENTS)}" rt=${took}`;
  return { line, level: "unknown", metadata: { traceId: moment.traceId } };
}

const AGENTS = [
  "RetailApp/7.3 (iOS 19.1)",
  "RetailApp/7.2 (Android 16)",
  "Mozilla/5.0 (X11; Linux x86_64)",
  "curl/8.11.0",
] as const;
