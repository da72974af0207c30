import type { ReactElement } from "react";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Bytes } from "../../components/quantity.tsx";
import { Tip } from "../../components/tip.tsx";
import { useExploreArchive } from "../../hooks/use-explore-archive.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { archiveTotals, KIND_ICONS, rangeText } from "./archive-facts.ts";
import styles from "./archives.module.css";
import { CompletenessSign } from "./completeness-sign.tsx";

interface ArchiveListProps {
  readonly archives: readonly ArchiveDescription[];
  readonly selected: string | null;
  /** The one that Explore looks into. */
  readonly current: string | null;
  readonly onSelect: (id: string) => void;
}

export function ArchiveList({ archives, selected, current, onSelect }: ArchiveListProps): ReactElement {
  return (
    <ul className={styles.list}>
      {archives.map((archive) => (
        <ArchiveRow
          archive={archive}
          current={archive.id === current}
          key={archive.id}
          onSelect={() => onSelect(archive.id)}
          selected={archive.id === selected}
        />
      ))}
    </ul>
  );
}

interface ArchiveRowProps {
  readonly archive: ArchiveDescription;
  readonly selected: boolean;
  readonly current: boolean;
  readonly onSelect: () => void;
}

function ArchiveRow({ archive, selected, current, onSelect }: ArchiveRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const explore = useExploreArchive();
  const noLogs = useForbidden("logs.read");
  const { rows, bytes } = archiveTotals(archive);
  const range = rangeText(archive, formats);
  const Glyph = KIND_ICONS[archive.kind];
  const problems = archive.problems.reduce((sum, { count }) => sum + count, 0);
  return (
    <li className={styles.row} data-selected={selected || undefined}>
      <Tip label={t(`archives.kind.${archive.kind}`)}>
        <span className={styles.icon}>
          <Glyph aria-hidden size={20} stroke={1.5} />
          <span className="visually-hidden">{t(`archives.kind.${archive.kind}`)}</span>
        </span>
      </Tip>
      <div className={styles.what}>
        <span className={styles.name}>
          <button aria-expanded={selected} className={styles.title} onClick={onSelect} type="button">
            {archive.title}
          </button>
          {current ? <Badge>{t("archives.current")}</Badge> : null}
        </span>
        <span className={styles.path} title={archive.path}>
          {archive.path}
        </span>
      </div>
      <div className={styles.span}>
        <span title={range}>{range ?? t("archives.noTimes")}</span>
        <span className={styles.tenants} title={archive.tenants.map(({ tenant }) => tenant).join(", ")}>
          {archive.tenants.length === 1
            ? archive.tenants[0]?.tenant
            : t("archives.tenants", { count: archive.tenants.length })}
        </span>
      </div>
      <div className={styles.amount}>
        <span>
          {rows === null ? t("archives.rowsUnknown") : t("archives.rows", { count: rows, rows: formats.number(rows) })}
        </span>
        {bytes === null ? null : (
          <span className={styles.tenants}>
            <Bytes value={bytes} />
          </span>
        )}
      </div>
      <div className={styles.verdict}>
        <CompletenessSign verdict={archive.completeness.verdict} />
        {problems === 0 ? null : (
          <Badge tone="warning">
            {t("archives.problems", { count: problems, problems: formats.number(problems) })}
          </Badge>
        )}
      </div>
      <Button compact disabledReason={noLogs} onClick={() => void explore(archive)}>
        {t("archives.explore")}
      </Button>
    </li>
  );
}
