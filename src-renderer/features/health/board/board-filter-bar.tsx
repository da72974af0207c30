import { Switch, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { VERDICT_ORDER } from "../../../../src-shared/model/health/verdict.ts";
import { SelectField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { isFiltering, matchesFilter, type BoardFilter } from "./board-layout.ts";
import styles from "./board.module.css";

const CHOICES = ["all", ...VERDICT_ORDER] as const;

interface BoardFilterBarProps {
  readonly filter: BoardFilter;
  readonly health: SiteHealth;
  readonly onFilter: (filter: BoardFilter) => void;
}

/** Which instances are shown: by a word, by verdict, or only those that are not healthy. */
export function BoardFilterBar({ filter, health, onFilter }: BoardFilterBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const found = health.instances.filter((instance) => matchesFilter(instance, filter)).length;
  return (
    <div className={styles.filters}>
      <TextInput
        aria-label={t("health.filter.text")}
        className={styles.filterText ?? ""}
        leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
        maxLength={200}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        placeholder={t("health.filter.text")}
        value={filter.text}
      />
      <div className={styles.filterVerdict}>
        <SelectField
          choices={CHOICES.map((value) => ({
            value,
            label: value === "all" ? t("health.filter.allVerdicts") : t(`health.verdict.${value}`),
          }))}
          label={<span className="visually-hidden">{t("health.filter.verdict")}</span>}
          onChange={(verdict) => onFilter({ ...filter, verdict })}
          value={filter.verdict}
        />
      </div>
      <Switch
        checked={filter.troubled}
        label={t("health.filter.troubled")}
        onChange={(event) => onFilter({ ...filter, troubled: event.currentTarget.checked })}
        size="xs"
        withThumbIndicator={false}
      />
      <span aria-live="polite" className={styles.found}>
        {isFiltering(filter)
          ? t("health.filter.found", { found: formats.number(found), all: formats.number(health.instances.length) })
          : null}
      </span>
    </div>
  );
}
