import { CATALOGUE } from "../../src-shared/i18n/catalogue.ts";
import type { CompletenessReason } from "../../src-shared/model/completeness.ts";
import { formatLabelSet } from "../../src-shared/model/labels.ts";
import type { Formats } from "../hooks/formats.ts";
import type { Translate } from "../hooks/use-translate.ts";
import { withVisibleCharacters } from "./control-characters.ts";

/** One reason why lines may be missing, with its evidence, in a sentence. What a server wrote is quoted, never interpreted. */
export function reasonText(reason: CompletenessReason, t: Translate, formats: Formats): string {
  const span = (startNs: string, endNs: string): { readonly from: string; readonly to: string } => ({
    from: formats.timestamp(startNs),
    to: formats.timestamp(endNs),
  });
  const failure = (code: string): string => failureText(code, t, formats);
  switch (reason.kind) {
    case "limit-reached":
      return t("explore.reason.limitReached", { limit: formats.number(reason.limit) });
    case "lines-missing": {
      const amount = (value: number): string =>
        reason.unit === "bytes" ? formats.bytes(value) : formats.number(value);
      const text = t(`explore.reason.linesMissing.${reason.unit}`, {
        promised: amount(reason.promised),
        read: amount(reason.read),
        ...span(reason.startNs, reason.endNs),
      });
      return reason.detail === undefined ? text : `${text} ${withVisibleCharacters(reason.detail)}`;
    }
    case "split-failed":
      return t("explore.reason.splitFailed", { ...span(reason.startNs, reason.endNs), why: failure(reason.code) });
    case "page-inseparable":
      return t("explore.reason.pageInseparable", {
        at: formats.timestamp(reason.atNs),
        stream: reason.stream === undefined ? "" : withVisibleCharacters(formatLabelSet(reason.stream)),
      });
    case "tail-gap":
      return t("explore.reason.tailGap", span(reason.startNs, reason.endNs));
    case "tail-dropped":
      return t("explore.reason.tailDropped", { count: reason.entries, entries: formats.number(reason.entries) });
    case "server-warning":
      return t("explore.reason.serverWarning", { text: withVisibleCharacters(reason.text) });
    case "partial-failure": {
      // Parts beyond those that are told one by one: `+12`.
      const [, more] = /^\+(\d+)$/.exec(reason.part) ?? [];
      if (more !== undefined) {
        return t("explore.reason.moreParts", { count: Number(more), parts: formats.number(Number(more)) });
      }
      const told = { part: withVisibleCharacters(reason.part), why: failure(reason.code) };
      // A file or a chunk is read, a pod or a component answers.
      return /^(?:archive|capsule|files|storage)\./.test(reason.code)
        ? t("explore.reason.partNotWhole", told)
        : t("explore.reason.partialFailure", told);
    }
    case "lookback-clamped":
      return t("explore.reason.lookbackClamped", { from: formats.timestamp(reason.startNs) });
    case "disk-full":
      return t("explore.reason.diskFull", { count: reason.droppedRows, rows: formats.number(reason.droppedRows) });
    case "stopped":
      return t("explore.reason.stopped");
  }
}

/** Why a part failed, by its code alone: the parameters that an error's own sentence needs do not travel with a reason. */
export function failureText(code: string, t: Translate, formats: Formats): string {
  const sentence = CATALOGUE[formats.locale][`errors.${code}`];
  const whole = sentence !== undefined && !sentence.includes("{{") ? sentence : t("explore.why.other", { code });
  return t.dynamic(`explore.why.${code}`, {}, whole);
}
