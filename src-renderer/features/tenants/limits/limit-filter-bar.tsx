import { SegmentedControl, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { SelectField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { LIMIT_AREAS, type LimitFilter } from "./limit-filter.ts";
import styles from "./limits.module.css";

const SHOWN = ["all", "overrides", "near"] as const;
const AREAS = ["all", ...LIMIT_AREAS] as const;

interface LimitFilterBarProps {
  readonly filter: LimitFilter;
  readonly found: number;
  readonly all: number;
  readonly onFilter: (filter: LimitFilter) => void;
}

/** Which of a tenant's limits are shown. */
export function LimitFilterBar({ filter, found, all, onFilter }: LimitFilterBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <div className={styles.filters}>
      <TextInput
        aria-label={t("limits.list.find")}
        className={styles.find ?? ""}
        leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
        maxLength={200}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        placeholder={t("limits.list.find")}
        value={filter.text}
      />
      <div className={styles.area}>
        <SelectField
          choices={AREAS.map((value) => ({ value, label: t(`limits.area.${value}`) }))}
          label={<span className="visually-hidden">{t("limits.list.area")}</span>}
          onChange={(area) => onFilter({ ...filter, area })}
          value={filter.area}
        />
      </div>
      <SegmentedControl
        aria-label={t("limits.list.show")}
        data={SHOWN.map((value) => ({ value, label: t(`limits.list.show.${value}`) }))}
        onChange={(chosen) => {
          const show = SHOWN.find((one) => one === chosen);
          if (show !== undefined) onFilter({ ...filter, show });
        }}
        size="xs"
        transitionDuration={0}
        value={filter.show}
      />
      <span aria-live="polite" className={styles.found}>
        {t("limits.list.found", { found: formats.number(found), all: formats.number(all) })}
      </span>
    </div>
  );
}
