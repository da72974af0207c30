import type { ReactElement } from "react";
import type { FindingFilter, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { StorageFindingKind } from "../../../../src-shared/model/storage-finding.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { kindsByCount } from "../../../components/severity.ts";
import { withFilter } from "./finding-filter.ts";
import styles from "./findings.module.css";

interface FindingFacetsProps {
  /** Of all that fit the filter but for its kinds. */
  readonly kinds: ScanSummary["kinds"];
  readonly filter: FindingFilter;
  readonly onFilter: (filter: FindingFilter) => void;
}

/** Kinds of findings with their numbers under the other filters; a press shows a kind alone, a second one all again. */
export function FindingFacets({ kinds, filter, onFilter }: FindingFacetsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const chosen = new Set(filter.kinds ?? []);
  const counted = kindsByCount(kinds);
  // One that is chosen stays to be unchosen, though none of it is left.
  const shown: readonly (readonly [StorageFindingKind, number])[] = [
    ...counted,
    ...[...chosen].filter((kind) => !counted.some(([one]) => one === kind)).map((kind) => [kind, 0] as const),
  ];
  const toggle = (kind: StorageFindingKind): void => {
    const next = chosen.has(kind) ? [...chosen].filter((one) => one !== kind) : [...chosen, kind];
    onFilter(withFilter(filter, { kinds: next }));
  };
  return (
    <section aria-label={t("storage.findings.facets")} className={styles.facets}>
      <h2 className={styles.facetsTitle}>{t("storage.findings.kind")}</h2>
      <ul>
        {shown.map(([kind, count]) => (
          <li key={kind}>
            <button
              aria-pressed={chosen.has(kind)}
              className={styles.facet}
              onClick={() => toggle(kind)}
              title={t(`storage.finding.${kind}.what`)}
              type="button"
            >
              <span className={styles.facetName}>{t(`storage.finding.${kind}.title`)}</span>
              <span className={styles.figures}>{formats.number(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
