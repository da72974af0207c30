import { IconFileSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./finding-drawer.module.css";
import { streamSelector } from "./stream-selector.ts";
import { useExploreStream } from "./use-explore-stream.ts";

/** Whose lines these are, stream by stream, each with a way to what Loki still answers for it. */
export function StreamList({ finding }: { readonly finding: StorageFinding }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { explore, disabledReason } = useExploreStream(finding);
  if (finding.streams.length === 0) return null;
  const more = finding.streamCount - finding.streams.length;
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>
        {t("storage.findings.streams", { count: finding.streamCount, streams: formats.number(finding.streamCount) })}
      </h3>
      <ul className={styles.streams}>
        {finding.streams.map(({ fingerprint, labels }) => (
          <li className={styles.stream} key={fingerprint}>
            <code className={styles.selector}>
              {labels === null
                ? t("storage.findings.fingerprint", { fingerprint })
                : withVisibleCharacters(streamSelector(labels))}
            </code>
            {labels === null ? null : (
              <IconButton
                disabledReason={disabledReason}
                icon={IconFileSearch}
                label={t("storage.findings.explore")}
                onClick={() => explore(labels)}
                size={24}
                tipPosition="left"
              />
            )}
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p className={styles.muted}>{t("storage.findings.moreStreams", { count: more, more: formats.number(more) })}</p>
      ) : null}
    </section>
  );
}
