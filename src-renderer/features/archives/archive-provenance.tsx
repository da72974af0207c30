import type { ReactElement } from "react";
import type { ArchiveAssumptions, Provenance } from "../../../src-shared/model/archive.ts";
import { formatLabelSet } from "../../../src-shared/model/labels.ts";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { Facts, type Fact } from "../../components/facts.tsx";
import type { Formats } from "../../hooks/formats.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../hooks/use-translate.ts";
import { spanText } from "./archive-facts.ts";
import styles from "./archive-drawer.module.css";

/** Files that are named; of more their number is told. */
const NAMED_FILES = 20;

/** What a person said where the files did not. */
export function assumptionFacts(assumptions: ArchiveAssumptions, t: Translate, formats: Formats): Fact[] {
  const { zone, year, timelessFromNs, dayOrder, encoding, format, labels, tenant } = assumptions;
  const said: (Fact | null)[] = [
    zone === undefined ? null : { label: t("archives.field.zone"), value: zone, mono: true },
    year === undefined ? null : { label: t("archives.field.year"), value: String(year), mono: true },
    timelessFromNs === undefined
      ? null
      : { label: t("archives.field.timeless"), value: formats.timestamp(timelessFromNs), mono: true },
    dayOrder === undefined ? null : { label: t("archives.field.dayOrder"), value: t(`archives.dayOrder.${dayOrder}`) },
    encoding === undefined ? null : { label: t("archives.encoding"), value: t(`archives.encoding.${encoding}`) },
    format === undefined ? null : { label: t("archives.format"), value: t(`archives.format.${format}`) },
    tenant === undefined ? null : { label: t("archives.field.tenant"), value: tenant, mono: true },
    labels === undefined
      ? null
      : { label: t("archives.field.labels"), value: withVisibleCharacters(formatLabelSet(labels)), mono: true },
  ];
  return said.filter((fact) => fact !== null);
}

/** Where the rows came from: the site and query of an export, the files of an import. Its texts are another's. */
export function ArchiveProvenance({ provenance }: { readonly provenance: Provenance }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site, query, startNs, endNs, exportedAt, exportedBy, program, redacted, files, assumptions } = provenance;
  const at = Date.parse(exportedAt);
  const plain = withVisibleCharacters;
  const facts: (Fact | null)[] = [
    { label: t("archives.provenance.site"), value: plain(site) },
    query === "" ? null : { label: t("archives.provenance.query"), value: plain(query), mono: true },
    startNs === null || endNs === null
      ? null
      : { label: t("archives.provenance.range"), value: spanText(startNs, endNs, formats) },
    { label: t("archives.provenance.at"), value: Number.isNaN(at) ? plain(exportedAt) : formats.dateTime(at) },
    { label: t("archives.provenance.by"), value: plain(exportedBy) },
    { label: t("archives.provenance.program"), value: plain(program) },
    files.length === 0 ? null : { label: t("archives.provenance.files"), value: <Files files={files} />, mono: true },
    { label: t("archives.provenance.redacted"), value: redactedText(redacted, t, formats) },
    ...assumptionFacts(assumptions, t, formats),
  ];
  return (
    <section className={styles.section}>
      <h3>{t("archives.provenance")}</h3>
      <Facts facts={facts.filter((fact) => fact !== null)} />
    </section>
  );
}

/** The patterns and how often each was found. One that found nothing was looked for all the same. */
export function redactedText(redacted: Readonly<Record<string, number>>, t: Translate, formats: Formats): string {
  const patterns = Object.entries(redacted);
  if (patterns.length === 0) return t("archives.provenance.notRedacted");
  return patterns
    .map(([pattern, times]) => `${t.dynamic(`exports.redact.${pattern}`, {}, pattern)} ${formats.number(times)}×`)
    .join(", ");
}

function Files({ files }: { readonly files: readonly string[] }): ReactElement {
  const t = useTranslate();
  return (
    <ul>
      {files.slice(0, NAMED_FILES).map((file, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two files may have one name
        <li key={place}>{withVisibleCharacters(file)}</li>
      ))}
      {files.length > NAMED_FILES ? <li>{t("archives.opening.more", { count: files.length - NAMED_FILES })}</li> : null}
    </ul>
  );
}
