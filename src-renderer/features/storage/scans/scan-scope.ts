import type { ScanRequest } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

const NAMED_TENANTS = 3;

/** What a scan looked at, in a few words: "deep · acme, globex · 2026-11-20 – 2026-11-22 · 1 %". */
export function scopeText({ mode, scope, incremental }: ScanRequest, t: Translate, formats: Formats): string {
  const { tenants, fromMs, throughMs, samplePercent } = scope;
  const day = (atMs: number | null): string => (atMs === null ? "…" : new Date(atMs).toISOString().slice(0, 10));
  return [
    t(`storage.scan.mode.${mode}`),
    tenants === null ? t("storage.scan.tenantsAll") : tenantsText(tenants, t, formats),
    fromMs === null && throughMs === null ? t("storage.scan.range.all") : `${day(fromMs)} – ${day(throughMs)}`,
    samplePercent >= 100 ? null : t("storage.scan.sampleShort", { percent: formats.number(samplePercent, 2) }),
    incremental ? t("storage.scan.incrementalShort") : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

function tenantsText(tenants: readonly string[], t: Translate, formats: Formats): string {
  if (tenants.length > NAMED_TENANTS) {
    return t("storage.scan.tenantsCount", { count: tenants.length, tenants: formats.number(tenants.length) });
  }
  return tenants.map(withVisibleCharacters).join(", ");
}
