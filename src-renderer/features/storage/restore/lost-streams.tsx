import type { ReactElement } from "react";
import type { RestorePlan } from "../../../../src-shared/model/storage/restore.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";

type LostStream = RestorePlan["lost"][number];

/** A stream as a selector of LogQL; its fingerprint where nobody knows its labels. */
function selectorOf({ labels, fingerprint }: LostStream): string {
  if (labels === null) return fingerprint;
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
}

/** What no source has whole: stream by stream, from when to when. */
export function LostStreams({
  streams,
  count,
}: {
  readonly streams: readonly LostStream[];
  readonly count: number;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      <div className={styles.tableFrame}>
        <table aria-label={t("storage.lost.streams")} className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("storage.lost.tenant")}</th>
              <th scope="col">{t("storage.lost.stream")}</th>
              <th scope="col">{t("storage.lost.from")}</th>
              <th scope="col">{t("storage.lost.through")}</th>
              <th data-number scope="col">
                {t("storage.lost.chunks")}
              </th>
            </tr>
          </thead>
          <tbody>
            {streams.map((stream) => (
              <tr key={`${stream.tenant} ${stream.fingerprint} ${stream.fromMs}`}>
                <td>{withVisibleCharacters(stream.tenant)}</td>
                <td>
                  <code>{withVisibleCharacters(selectorOf(stream))}</code>
                </td>
                <td className={styles.nowrap}>{formats.dateTime(stream.fromMs)}</td>
                <td className={styles.nowrap}>{formats.dateTime(stream.throughMs)}</td>
                <td data-number>{formats.number(stream.chunks)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > streams.length ? (
        <p className={styles.muted}>{t("storage.lost.more", { more: formats.number(count - streams.length) })}</p>
      ) : null}
    </>
  );
}
