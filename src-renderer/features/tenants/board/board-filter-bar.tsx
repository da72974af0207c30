import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { SelectField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { BOARD_KINDS, isFiltering, type BoardFilter } from "./board-filter.ts";
import styles from "./board.module.css";

interface BoardFilterBarProps {
  readonly filter: BoardFilter;
  readonly found: number;
  readonly all: number;
  readonly onFilter: (filter: BoardFilter) => void;
}

/** Which tenants are shown: by words, and by what is the matter with them. */
export function BoardFilterBar({ filter, found, all, onFilter }: BoardFilterBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <div className={styles.filters}>
      <TextInput
        aria-label={t("limits.filter.text")}
        className={styles.filterText ?? ""}
        leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
        maxLength={200}
        onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        placeholder={t("limits.filter.text")}
        value={filter.text}
      />
      <div className={styles.filterKind}>
        <SelectField
          choices={BOARD_KINDS.map((value) => ({ value, label: t(`limits.filter.kind.${value}`) }))}
          label={<span className="visually-hidden">{t("limits.filter.kind")}</span>}
          onChange={(kind) => onFilter({ ...filter, kind })}
          value={filter.kind}
        />
      </div>
      <span aria-live="polite" className={styles.muted}>
        {isFiltering(filter)
          ? t("limits.filter.found", { found: formats.number(found), all: formats.number(all) })
          : null}
      </span>
    </div>
  );
}
