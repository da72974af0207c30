import type { LineMoment, WrittenLine } from "./traffic-source.ts";

function struck(moment: LineMoment, share: number): boolean {
  return moment.incident !== null && moment.random.chance(moment.incident.strength * share);
}

function javaStamp(moment: LineMoment): string {
  return new Date(moment.atMs).toISOString().replace("T", " ").replace("Z", "").replace(".", ",");
}

/** A Java service: plain lines, and stack traces that the collector kept together as one entry. */
export function writePricing(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const thread = `[pricing-worker-${random.int(1, 16)}]`;
  if (struck(moment, 0.4) || random.chance(0.004)) {
    const line = [
      `${javaStamp(moment)} ERROR ${thread} c.b.t.p.CurveService - Could not bootstrap curve ${random.pick(["EUR-6M", "USD-SOFR", "CNY-7D"])}`,
      "java.util.concurrent.TimeoutException: market data snapshot not available within 3000 ms",
      `\tat com.bank.treasury.pricing.MarketData.await(MarketData.java:${random.int(80, 220)})`,
      `\tat com.bank.treasury.pricing.CurveService.bootstrap(CurveService.java:${random.int(40, 400)})`,
      "\tat com.bank.treasury.pricing.CurveService$$Lambda/0x00007f.run(Unknown Source)",
      "\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)",
      "Caused by: java.net.SocketTimeoutException: Read timed out",
      `\t... ${random.int(8, 31)} more`,
    ].join("\n");
    return { line, level: "error" };
  }
  const level = random.chance(0.25) ? "debug" : "info";
  const line = `${javaStamp(moment)} ${level === "debug" ? "DEBUG" : "INFO "} ${thread} c.b.t.p.Pricer - priced ${random.int(1, 900)} trades of book ${random.pick(["FX-SPOT", "IRS-10Y", "BOND-GOV"])} in ${random.latencyMs(120)} ms`;
  return { line, level };
}

/** The payment network's connector: fixed columns, message types, bracketed levels. */
export function writeSwift(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const bad = struck(moment, 0.3);
  const level = bad ? "error" : random.chance(0.03) ? "warn" : "info";
  const type = random.pick(["pacs.008", "pacs.002", "camt.053", "MT103", "MT940"]);
  const text = bad ? "NAK received, sequence gap" : level === "warn" ? "acknowledgement late" : "message delivered";
  const line = `${new Date(moment.atMs).toISOString()} [${level.toUpperCase()}] ${type} BANKDEFF${random.int(100, 999)} ref=${random.hex(16).toUpperCase()} ${text} (${random.latencyMs(210)} ms)`;
  return { line, level };
}

/** The nightly risk batch, written for a terminal: ANSI colours. */
export function writeRisk(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const esc = "\u001b[";
  if (random.chance(0.05)) {
    return {
      line: `${esc}33mWARNING${esc}0m desk ${random.int(1, 9)} ${esc}1mVaR ${random.int(81, 99)} %${esc}0m of limit`,
      level: "warn",
    };
  }
  if (struck(moment, 0.4)) {
    return {
      line: `${esc}1;31mERROR${esc}0m scenario ${random.int(1, 5_000)} ${esc}31mdid not converge${esc}0m after ${random.int(50, 200)} iterations`,
      level: "error",
    };
  }
  const line = `${esc}32mINFO${esc}0m scenario ${esc}36m${random.int(1, 5_000)}${esc}0m done, pnl=${esc}${random.chance(0.5) ? "32m+" : "31m-"}${random.int(10, 99_999)}${esc}0m`;
  return { line, level: "info" };
}

/** Reconciliation in Python: short lines, no fields at all. */
export function writeRecon(moment: LineMoment): WrittenLine {
  const { random } = moment;
  if (random.chance(0.02) || struck(moment, 0.1)) {
    const line = `WARNING:recon.match:break of ${(random.next() * 50_000).toFixed(2)} on account ${random.int(100_000, 999_999)} vs. nostro`;
    return { line, level: "warn" };
  }
  return { line: `INFO:recon.match:matched ${random.int(1, 400)} of ${random.int(400, 420)} items`, level: "info" };
}
