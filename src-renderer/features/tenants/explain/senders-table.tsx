import type { ReactElement } from "react";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./explain.module.css";
import { quoted } from "./explanation-text.ts";

const COLUMNS = ["stream", "pod", "workload", "rate", "share"] as const;

/** Who sends it, from the stream to the pod to the workload; what is not known is a dash. */
export function SendersTable({ senders }: { readonly senders: RefusalExplanation["senders"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
    <section aria-label={t("limits.explain.senders")} className={styles.tableFrame} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th data-align={column === "rate" || column === "share" ? "end" : undefined} key={column} scope="col">
                {t(`limits.senders.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {senders.map(({ stream, pod, workload, namespace, bytesPerSecond, share }) => (
            <tr key={`${stream} ${pod ?? ""} ${workload ?? ""}`}>
              <td>
                <code title={quoted(stream)}>{quoted(stream)}</code>
              </td>
              <td>{pod === null ? "–" : <code>{quoted(pod)}</code>}</td>
              <td>
                {workload === null ? "–" : quoted(workload)}
                {namespace === null ? null : <span className={styles.muted}> · {quoted(namespace)}</span>}
              </td>
              <td
                data-align="end"
                title={bytesPerSecond === null ? undefined : `${formats.bytesExact(bytesPerSecond)}/s`}
              >
                {bytesPerSecond === null ? "–" : formats.bytesRate(bytesPerSecond)}
              </td>
              <td data-align="end">{share === null ? "–" : formats.percent(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
