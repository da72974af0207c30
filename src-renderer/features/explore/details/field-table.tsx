import {
  IconColumnInsertRight,
  IconColumnRemove,
  IconExternalLink,
  IconFilterMinus,
  IconFilterPlus,
} from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SmallButton } from "../floating/small-button.tsx";
import { SmallCopyButton } from "../floating/small-copy-button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import styles from "./details.module.css";
import { FIELD_ORIGINS, type FieldFilterOp, type FieldOrigin, type RowField } from "./row-fields.ts";
import { traceLink, type TraceLinkTemplate } from "./trace-link.ts";

export interface FieldActions {
  /** Writes a filter on the field into the query; `null` where the source has no such query. */
  readonly onFilter: ((field: RowField, op: FieldFilterOp) => void) | null;
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
  readonly traceLinks: readonly TraceLinkTemplate[];
}

interface FieldTableProps extends FieldActions {
  readonly fields: Readonly<Record<FieldOrigin, readonly RowField[]>>;
}

const SHOWN_CHARACTERS = 2_000;

/** Labels, structured metadata and parsed fields, kept apart as Loki keeps them apart. */
export function FieldTable({ fields, ...actions }: FieldTableProps): ReactElement {
  const t = useTranslate();
  return (
    <>
      {FIELD_ORIGINS.map((origin) =>
        fields[origin].length === 0 ? null : (
          <section aria-label={t(`explore.fields.${origin}`)} key={origin}>
            <h3 className={styles.heading}>{t(`explore.fields.${origin}`)}</h3>
            <dl className={styles.fields}>
              {fields[origin].map((field) => (
                <FieldLine field={field} key={field.name} {...actions} />
              ))}
            </dl>
          </section>
        ),
      )}
    </>
  );
}

function FieldLine({
  field,
  onFilter,
  columns,
  onColumns,
  traceLinks,
}: FieldActions & { readonly field: RowField }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { name, value } = field;
  const link = traceLink(name, value, traceLinks);
  const shown = withVisibleCharacters(value.slice(0, SHOWN_CHARACTERS));
  const isColumn = columns.includes(name);
  return (
    <div className={styles.field}>
      <dt className={styles.name}>{withVisibleCharacters(name)}</dt>
      <dd className={styles.value}>
        {link === null ? (
          shown
        ) : (
          <a href={link} rel="noopener noreferrer" target="_blank">
            {shown}
            <IconExternalLink
              aria-label={t("explore.fields.trace")}
              className={styles.linkIcon}
              size={12}
              stroke={1.5}
            />
          </a>
        )}
        {value.length > SHOWN_CHARACTERS ? (
          <span className={styles.more}>
            {t("explore.fields.more", { characters: formats.number(value.length - SHOWN_CHARACTERS) })}
          </span>
        ) : null}
      </dd>
      <dd className={styles.fieldActions}>
        {onFilter === null ? null : (
          <>
            <SmallButton
              icon={IconFilterPlus}
              label={t("explore.fields.only", { name })}
              onClick={() => onFilter(field, "=")}
            />
            <SmallButton
              icon={IconFilterMinus}
              label={t("explore.fields.without", { name })}
              onClick={() => onFilter(field, "!=")}
            />
          </>
        )}
        <SmallButton
          icon={isColumn ? IconColumnRemove : IconColumnInsertRight}
          label={isColumn ? t("explore.list.removeColumn", { name }) : t("explore.fields.addColumn", { name })}
          onClick={() => onColumns(isColumn ? columns.filter((column) => column !== name) : [...columns, name])}
        />
        <SmallCopyButton label={t("explore.fields.copy", { name })} text={value} />
      </dd>
    </div>
  );
}
