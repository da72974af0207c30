import { Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { STORAGE_SEVERITIES } from "../../../../src-shared/model/storage-finding.ts";
import type { FindingFilter } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { SelectField } from "../../../components/field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { dayStartMs } from "../scans/scan-draft.ts";
import { isFiltering, NO_FILTER, withFilter } from "./finding-filter.ts";
import styles from "./findings.module.css";

const TYPING_MS = 200;
const STATES = ["appeared", "stayed", "vanished"] as const;
const ALL = "all";

interface FindingFilterBarProps {
  readonly filter: FindingFilter;
  readonly onFilter: (filter: FindingFilter) => void;
  /** That the last scan saw. */
  readonly tenants: readonly string[];
}

/** Which findings are listed: by words, severity, tenant, day, and what was there before. */
export function FindingFilterBar({ filter, onFilter, tenants }: FindingFilterBarProps): ReactElement {
  const t = useTranslate();
  const [typed, setTyped] = useState(filter.contains ?? "");
  const [day, setDay] = useState(filter.day ?? "");
  const [seen, setSeen] = useState(filter);
  // Set from elsewhere, say by a press in the heat map: the fields follow.
  if (seen !== filter) {
    setSeen(filter);
    if (filter.contains !== seen.contains && filter.contains !== typed.trim()) setTyped(filter.contains ?? "");
    if (filter.day !== seen.day) setDay(filter.day ?? "");
  }
  const search = useDebouncedCallback(
    (contains: string) => onFilter(withFilter(filter, { contains: contains.trim() })),
    TYPING_MS,
  );
  const noDay = day !== "" && dayStartMs(day) === null;
  const severity = filter.severities?.[0] ?? ALL;
  const known = filter.tenant === undefined ? tenants : [...new Set([filter.tenant, ...tenants])];
  return (
    <div className={styles.filters}>
      <TextInput
        aria-label={t("storage.findings.search")}
        className={styles.search ?? ""}
        leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
        placeholder={t("storage.findings.search")}
        value={typed}
      />
      <div className={styles.choice}>
        <SelectField
          choices={[
            { value: ALL, label: t("storage.findings.allSeverities") },
            ...STORAGE_SEVERITIES.map((value) => ({ value, label: t(`storage.severity.${value}`) })),
          ]}
          label={<span className="visually-hidden">{t("storage.findings.severity")}</span>}
          onChange={(value) => onFilter(withFilter(filter, { severities: value === ALL ? [] : [value] }))}
          value={severity}
        />
      </div>
      <Select
        aria-label={t("storage.tenant")}
        className={styles.choice ?? ""}
        clearable
        data={known.map((value) => ({ value, label: withVisibleCharacters(value) }))}
        nothingFoundMessage={t("storage.findings.noTenant")}
        onChange={(tenant) => onFilter(withFilter(filter, { tenant: tenant ?? undefined }))}
        placeholder={t("storage.findings.allTenants")}
        searchable
        value={filter.tenant ?? null}
      />
      <TextInput
        aria-label={t("storage.findings.day")}
        autoComplete="off"
        className={styles.day ?? ""}
        error={noDay ? t("storage.scan.problem.day") : undefined}
        maxLength={10}
        onChange={(event) => {
          const next = event.currentTarget.value.trim();
          setDay(next);
          if (next === "" || dayStartMs(next) !== null) onFilter(withFilter(filter, { day: next }));
        }}
        placeholder={t("storage.findings.dayHint")}
        spellCheck={false}
        value={day}
      />
      <div className={styles.choice}>
        <SelectField
          choices={[
            { value: ALL, label: t("storage.findings.allStates") },
            ...STATES.map((value) => ({ value, label: t(`storage.findings.stateLong.${value}`) })),
          ]}
          label={<span className="visually-hidden">{t("storage.findings.compared")}</span>}
          onChange={(value) => onFilter(withFilter(filter, { state: value === ALL ? undefined : value }))}
          value={filter.state ?? ALL}
        />
      </div>
      {isFiltering(filter) ? (
        <Button compact onClick={() => onFilter(NO_FILTER)} tone="quiet">
          {t("storage.findings.clear")}
        </Button>
      ) : null}
    </div>
  );
}
