import type { Completeness, CompletenessReason } from "../../src-shared/model/completeness.ts";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import { formatNanoUtc } from "../../src-shared/model/nano-time.ts";
import type { CliText } from "./cli-text.ts";

/** What speaks against a result, a sentence a reason, in the window's words. A limit one asked for is no doubt. */
export function completenessLines({ reasons }: Completeness, text: CliText): string[] {
  return reasons.flatMap((reason) => {
    const sentence = reasonSentence(reason, text);
    return sentence === null ? [] : [sentence];
  });
}

function reasonSentence(reason: CompletenessReason, text: CliText): string | null {
  const sentence = (key: string, params?: Readonly<Record<string, string | number>>) => text.sentence(key, params);
  const span = (startNs: string, endNs: string) => ({ from: instant(startNs), to: instant(endNs) });
  // A reason carries a code and none of the parameters that the error's own sentence would need.
  const failure = (code: string) => {
    const own = sentence(`explore.why.${code}`);
    return own === `explore.why.${code}` ? sentence("explore.why.other", { code }) : own;
  };
  switch (reason.kind) {
    case "limit-reached":
      return null;
    case "lines-missing": {
      const { promised, read, unit, detail = "" } = reason;
      const evidence = { promised, read, ...span(reason.startNs, reason.endNs) };
      return `${sentence(`explore.reason.linesMissing.${unit}`, evidence)} ${detail}`.trimEnd();
    }
    case "split-failed":
      return sentence("explore.reason.splitFailed", {
        ...span(reason.startNs, reason.endNs),
        why: failure(reason.code),
      });
    case "page-inseparable": {
      const stream = reason.stream === undefined ? "" : formatLabelSet(reason.stream);
      return sentence("explore.reason.pageInseparable", { at: instant(reason.atNs), stream }).trimEnd();
    }
    case "tail-gap":
      return sentence("explore.reason.tailGap", span(reason.startNs, reason.endNs));
    case "tail-dropped":
      return sentence("explore.reason.tailDropped", { count: reason.entries, entries: reason.entries });
    case "server-warning":
      return sentence("explore.reason.serverWarning", { text: reason.text });
    case "partial-failure":
      return sentence("explore.reason.partialFailure", { part: reason.part, why: failure(reason.code) });
    case "lookback-clamped":
      return sentence("explore.reason.lookbackClamped", { from: instant(reason.startNs) });
    case "disk-full":
      return sentence("explore.reason.diskFull", { count: reason.droppedRows, rows: reason.droppedRows });
    case "stopped":
      return sentence("explore.reason.stopped");
    default:
      return reason satisfies never;
  }
}

function instant(ns: string): string {
  return formatNanoUtc(BigInt(ns));
}
