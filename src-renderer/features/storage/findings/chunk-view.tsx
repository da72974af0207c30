import type { ReactElement } from "react";
import type { ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { Bytes } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { BlockTable } from "./block-table.tsx";
import { HexView } from "./hex-view.tsx";
import { InsideFindings } from "./inside-findings.tsx";
import styles from "./object-view.module.css";
import { streamSelector } from "./stream-selector.ts";

export type InspectedChunk = Extract<ObjectInspection, { readonly kind: "chunk" }>;

/** A chunk object from its head to its bad bytes: whose it is, its blocks, its first lines, what is wrong and where. */
export function ChunkView({ chunk }: { readonly chunk: InspectedChunk }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const unknown = t("storage.unknown");
  const shown = (value: string | number | null): string =>
    value === null ? unknown : withVisibleCharacters(String(value));
  const facts: readonly Fact[] = [
    { label: t("storage.tenant"), value: shown(chunk.tenant) },
    {
      label: t("storage.object.labels"),
      value: chunk.labels === null ? unknown : withVisibleCharacters(streamSelector(chunk.labels)),
      mono: chunk.labels !== null,
    },
    { label: t("storage.object.fingerprint"), value: shown(chunk.fingerprint), mono: true },
    { label: t("storage.object.from"), value: shown(chunk.from), mono: true },
    { label: t("storage.object.through"), value: shown(chunk.through), mono: true },
    {
      label: t("storage.object.format"),
      value:
        chunk.version === null
          ? unknown
          : t("storage.object.formatOf", { version: chunk.version, codec: shown(chunk.codec) }),
    },
    { label: t("storage.object.size"), value: <Bytes value={chunk.sizeBytes} /> },
    { label: t("storage.object.entries"), value: formats.number(chunk.entries) },
  ];
  return (
    <div className={styles.object}>
      <Facts facts={facts} />
      <InsideFindings findings={chunk.findings} />
      <BlockTable blocks={chunk.blocks} count={chunk.blockCount} />
      <HexView lines={chunk.hex} offsets={chunk.findings.map(({ offset }) => offset)} />
      <FirstLines lines={chunk.firstLines} />
    </div>
  );
}

function FirstLines({ lines }: { readonly lines: InspectedChunk["firstLines"] }): ReactElement {
  const t = useTranslate();
  return (
    <section aria-label={t("storage.object.firstLines")} className={styles.part}>
      <h4 className={styles.heading}>{t("storage.object.firstLines")}</h4>
      {lines.length === 0 ? (
        <p className={styles.muted}>{t("storage.object.noLines")}</p>
      ) : (
        <ol className={styles.lines}>
          {lines.map(({ time, line }, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- two lines may be the same to the nanosecond
            <li className={styles.line} key={place}>
              <time className={styles.time} dateTime={time}>
                {time}
              </time>
              <span className={styles.text}>{withVisibleCharacters(line)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
