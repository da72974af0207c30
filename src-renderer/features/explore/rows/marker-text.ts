import { CATALOGUE } from "../../../../src-shared/i18n/catalogue.ts";
import { formatLabelSet } from "../../../../src-shared/model/labels.ts";
import type { RowMarker } from "../../../../src-shared/model/log-row.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { failureText } from "../../../components/reason-text.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

/** A marker row in a sentence. */
export function markerText(marker: RowMarker, t: Translate, formats: Formats): string {
  switch (marker.kind) {
    case "gap":
      return t("explore.marker.gap", {
        from: formats.timestamp(marker.startNs),
        to: formats.timestamp(marker.endNs),
        cause: causeText(marker.cause, t, formats),
      });
    case "backfilled":
      return t("explore.marker.backfilled", {
        count: marker.entries,
        entries: formats.number(marker.entries),
        from: formats.timestamp(marker.startNs),
        to: formats.timestamp(marker.endNs),
        cause: causeText(marker.cause, t, formats),
      });
    case "dropped":
      return t("explore.marker.dropped", {
        count: marker.entries,
        entries: formats.number(marker.entries),
        streams: withVisibleCharacters(marker.streams.slice(0, 3).map(formatLabelSet).join(" ")),
      });
    case "closed":
      return t("explore.marker.closed", { reason: causeText(marker.reason, t, formats) });
    case "reconnected":
      return t("explore.marker.reconnected");
  }
}

/** Kinds of completeness reasons that have words of their own as a cause; the others are one: not whole. */
const KINDS: ReadonlySet<string> = new Set([
  "lines-missing",
  "split-failed",
  "page-inseparable",
  "tail-gap",
  "tail-dropped",
  "server-warning",
  "partial-failure",
  "lookback-clamped",
  "disk-full",
  "stopped",
]);

/**
 * Why a tail was cut, as a part of a sentence. The core names it by a WebSocket's closing code (RFC 6455 §7.4.1), an error's
 * code, sometimes behind a stream's name, a reason of completeness, or the server's own words, which are quoted as they are.
 */
export function causeText(cause: string, t: Translate, formats: Formats): string {
  if (/^\d{4}$/.test(cause)) return t.dynamic(`explore.close.${cause}`, {}, t("explore.close.other", { code: cause }));
  if (cause === "limit-reached") return t("explore.close.limit-reached");
  if (cause === "incomplete" || KINDS.has(cause)) return t("explore.close.incomplete");
  if (cause === "not a frame of Loki's") return t("explore.close.notAFrame");
  if (cause.endsWith(": 404, polling")) return t("explore.close.polling");
  const [, limit] = /^more than (\d+) containers$/.exec(cause) ?? [];
  if (limit !== undefined) return t("explore.close.tooManyContainers", { limit: formats.number(Number(limit)) });
  const [, name = "", code, rest = ""] = /^(?:(.*): )?([a-z]+\.[a-z-]+)(.*)$/s.exec(cause) ?? [];
  if (code === undefined || CATALOGUE.en[`errors.${code}`] === undefined) return withVisibleCharacters(cause);
  const words = failureText(code, t, formats).replace(/[.。]$/, "");
  return withVisibleCharacters(`${name === "" ? "" : `${name}: `}${words}${rest}`);
}
