import type { ReactElement } from "react";
import type { ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { Bytes } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { InsideFindings } from "./inside-findings.tsx";
import styles from "./object-view.module.css";

type InspectedIndex = Extract<ObjectInspection, { readonly kind: "index" }>;

const TENANTS_SHOWN = 20;

/** An index file: of which table, whose series, and what is wrong in it. */
export function IndexView({ index }: { readonly index: InspectedIndex }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const unknown = t("storage.unknown");
  const facts: readonly Fact[] = [
    { label: t("storage.object.table"), value: withVisibleCharacters(index.table), mono: true },
    { label: t("storage.object.size"), value: <Bytes value={index.sizeBytes} /> },
    {
      label: t("storage.object.unpacked"),
      value:
        index.unpackedBytes === null
          ? t("storage.object.notUnpacked", { problem: withVisibleCharacters(index.problem ?? "") })
          : formats.bytes(index.unpackedBytes),
    },
    { label: t("storage.object.version"), value: index.version === null ? unknown : String(index.version) },
    { label: t("storage.object.from"), value: index.from ?? unknown, mono: true },
    { label: t("storage.object.through"), value: index.through ?? unknown, mono: true },
    { label: t("storage.object.series"), value: formats.number(index.series) },
    { label: t("storage.chunks"), value: formats.number(index.chunks) },
  ];
  const more = index.tenants.length - TENANTS_SHOWN;
  return (
    <div className={styles.object}>
      <Facts facts={facts} />
      {index.problem === null ? <InsideFindings findings={index.findings} /> : null}
      {index.unlisted === 0 ? null : (
        <p className={styles.muted}>
          {t("storage.object.unlisted", { count: index.unlisted, findings: formats.number(index.unlisted) })}
        </p>
      )}
      {index.tenants.length === 0 ? null : (
        <section aria-label={t("storage.object.tenants")} className={styles.part}>
          <h4 className={styles.heading}>{t("storage.object.tenants")}</h4>
          <ul className={styles.tenants}>
            {index.tenants.slice(0, TENANTS_SHOWN).map(({ tenant, series }) => (
              <li key={tenant}>
                {withVisibleCharacters(tenant)} <span className={styles.muted}>{formats.number(series)}</span>
              </li>
            ))}
          </ul>
          {more > 0 ? (
            <p className={styles.muted}>
              {t("storage.object.moreTenants", { count: more, more: formats.number(more) })}
            </p>
          ) : null}
        </section>
      )}
    </div>
  );
}
