import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RangeText } from "../export/subject-facts.tsx";
import { SmallButton } from "../floating/small-button.tsx";
import styles from "./capsule.module.css";
import type { TrayEntry } from "./capsule-tray.ts";

interface TrayListProps {
  readonly entries: readonly TrayEntry[];
  readonly onRemove: (id: string) => void;
  readonly onMove: (id: string, by: -1 | 1) => void;
}

/** The queries that go into the capsule, in the order in which it will show them. */
export function TrayList({ entries, onRemove, onMove }: TrayListProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <ol aria-label={t("exports.capsule.queries")} className={styles.list}>
      {entries.map(({ id, place, query }, index) => (
        <li className={styles.entry} key={id}>
          <span className={styles.number}>{formats.number(index + 1)}</span>
          <div className={styles.what}>
            <code className={styles.query} title={query.query}>
              {query.query.replaceAll("\n", " ")}
            </code>
            <span className={styles.where}>
              {place} ·{" "}
              {query.limit === null
                ? t("exports.capsule.wholeRange")
                : t(`exports.capsule.limit.${query.direction}`, {
                    count: query.limit,
                    lines: formats.number(query.limit),
                  })}
            </span>
            <span className={styles.where}>
              <RangeText range={query.range} />
            </span>
          </div>
          <span className={styles.tools}>
            {index === 0 ? null : (
              <SmallButton
                icon={IconArrowUp}
                label={t("exports.capsule.up", { number: formats.number(index + 1) })}
                onClick={() => onMove(id, -1)}
              />
            )}
            {index === entries.length - 1 ? null : (
              <SmallButton
                icon={IconArrowDown}
                label={t("exports.capsule.down", { number: formats.number(index + 1) })}
                onClick={() => onMove(id, 1)}
              />
            )}
            <SmallButton
              icon={IconTrash}
              label={t("exports.capsule.remove", { number: formats.number(index + 1) })}
              onClick={() => onRemove(id)}
            />
          </span>
        </li>
      ))}
    </ol>
  );
}
