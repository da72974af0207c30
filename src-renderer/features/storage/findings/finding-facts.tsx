import type { ReactElement } from "react";
import type { KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { Bytes, RelativeTime } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./finding-drawer.module.css";
import { timesText } from "./finding-text.ts";

/** What is known of a finding, value by value; what nobody can say is told as unknown. */
export function FindingFacts({ kept }: { readonly kept: KeptFinding }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { finding, state, firstSeenMs, quarantine } = kept;
  const unknown = t("storage.unknown");
  const times = timesText(finding, formats);
  const zone = formats.zone(finding.fromMs ?? firstSeenMs);
  const facts: readonly Fact[] = [
    {
      label: t("storage.findings.key"),
      mono: true,
      value: (
        <span className={styles.key}>
          {withVisibleCharacters(finding.key)}
          <CopyButton label={t("storage.findings.copyKey")} size={20} text={finding.key} />
        </span>
      ),
    },
    { label: t("storage.tenant"), value: finding.tenant === null ? unknown : withVisibleCharacters(finding.tenant) },
    { label: t("storage.findings.when"), value: times === null ? unknown : `${times} ${zone}` },
    { label: t("storage.bytes"), value: <Bytes value={finding.bytes} /> },
    ...(finding.chunks > 1 ? [{ label: t("storage.chunks"), value: formats.number(finding.chunks) }] : []),
    {
      label: t("storage.findings.lost"),
      value: finding.entriesLost === null ? unknown : formats.number(finding.entriesLost),
    },
    { label: t("storage.findings.compared"), value: t(`storage.findings.stateLong.${state}`) },
    { label: t("storage.findings.firstSeen"), value: <RelativeTime atMs={firstSeenMs} /> },
    ...(quarantine === null ? [] : [{ label: t("storage.findings.batch"), value: quarantine, mono: true }]),
  ];
  return <Facts facts={facts} />;
}
