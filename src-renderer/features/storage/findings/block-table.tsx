import { useState, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { InspectedChunk } from "./chunk-view.tsx";
import styles from "./object-view.module.css";

const FIRST = 12;

interface BlockTableProps {
  /** The first thousand. */
  readonly blocks: InspectedChunk["blocks"];
  readonly count: number;
}

/** The blocks of a chunk: where each lies, what it holds, and whether it is sound. Bad ones are always among the first shown. */
export function BlockTable({ blocks, count }: BlockTableProps): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  if (blocks.length === 0) return null;
  const bad = blocks.filter(({ sound }) => !sound);
  const shown = all
    ? blocks
    : [...new Set([...bad, ...blocks])].slice(0, Math.max(FIRST, bad.length)).toSorted((a, b) => a.number - b.number);
  return (
    <section aria-label={t("storage.object.blocks")} className={styles.part}>
      <h4 className={styles.heading}>
        {t("storage.object.blocksOf", { count, blocks: formats.number(count), bad: formats.number(bad.length) })}
      </h4>
      <table className={styles.blocks}>
        <thead>
          <tr>
            <th scope="col">{t("storage.object.blockNumber")}</th>
            <th scope="col">{t("storage.object.blockState")}</th>
            <th className={styles.end} scope="col">
              {t("storage.object.offset")}
            </th>
            <th className={styles.end} scope="col">
              {t("storage.bytes")}
            </th>
            <th className={styles.end} scope="col">
              {t("storage.object.blockEntries")}
            </th>
            <th scope="col">{t("storage.object.from")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ number, sound, offset, bytes, entries, from, through }) => (
            <tr data-bad={!sound || undefined} key={number}>
              <td>{formats.number(number)}</td>
              <td>
                <span className={styles.state}>
                  <StatusShape tone={sound ? "good" : "bad"} />
                  {t(sound ? "storage.object.soundShort" : "storage.object.badShort")}
                </span>
              </td>
              <td className={styles.end}>{formats.number(offset)}</td>
              <td className={styles.end}>{formats.number(bytes)}</td>
              <td className={styles.end}>{formats.number(entries)}</td>
              <td title={`${from} – ${through}`}>{from.slice(0, 19).replace("T", " ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < blocks.length ? (
        <div>
          <Button compact onClick={() => setAll(true)} tone="quiet">
            {t("storage.object.showBlocks", { count: blocks.length, blocks: formats.number(blocks.length) })}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
