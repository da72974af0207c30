import { IconArchive, IconFileSearch } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { EmptyView } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useCurrentArchive } from "../../hooks/use-archives.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./explore.module.css";
import { resolveRange, targetOf } from "./session/run-plan.ts";
import { sampleQueries } from "./query/sample-queries.ts";

const RECENT = 6;
const HOUR_MS = 3_600_000;
const LAST_HOUR = { kind: "relative", lastSeconds: 3_600 } as const;

/** Before the first query: what to look for here, made of this tenant's own labels, and what was asked lately. */
export function ExploreStart({ onRun }: { readonly onRun: (query: string) => void }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  const source = useWorkspace((state) => state.source);
  const range = useWorkspace((state) => state.range);
  const show = useWorkspace((state) => state.show);
  const { unknown } = useCurrentArchive();
  const target = useMemo(() => targetOf({ site, tenant, source }), [site, tenant, source]);
  // An archive's labels are those of its own time, which may be long ago.
  const asked = source.kind === "archive" ? range : LAST_HOUR;
  const input = useMemo(
    () => (target === null ? null : { target, range: resolveRange(asked, wholeHour()) }),
    [target, asked],
  );
  const labels = useAnswer("logs", "labels", input);
  const telling = ["app", "service_name", "component", "namespace", "job", "container"].find(
    (name) => labels.data?.includes(name) === true,
  );
  const values = useAnswer(
    "logs",
    "labelValues",
    input === null || telling === undefined ? null : { ...input, label: telling },
  );
  const place = source.kind === "archive" ? source.archive : site;
  const recent = useAnswer("queries", "list", { kind: "recent", limit: RECENT });

  if (unknown) {
    return (
      <EmptyView
        actions={<Button onClick={() => show("archives")}>{t("app.screen.archives")}</Button>}
        icon={IconArchive}
        text={t("explore.start.notOpenText")}
        title={t("explore.start.notOpen")}
      />
    );
  }
  if (target === null) {
    return (
      <EmptyView
        icon={IconFileSearch}
        text={place === null ? t("explore.start.noSiteText") : t("explore.start.noTenantText")}
        title={place === null ? t("explore.start.noSite") : t("explore.start.noTenant")}
      />
    );
  }
  const samples = telling === undefined ? [] : sampleQueries(telling, values.data ?? [], source.kind);
  const noLabels = source.kind === "archive" ? t("explore.start.noLabelsInArchive") : t("explore.start.noLabels");
  const heading = source.kind === "pods" ? t("explore.start.podSamples") : t("explore.start.samples");
  const known = (recent.data ?? []).filter((stored) => stored.site === place && stored.tenant === (tenant ?? ""));
  return (
    <div className={styles.start}>
      <h2 className={styles.startTitle}>{t("explore.start.title")}</h2>
      <p className={styles.startText}>{t("explore.start.text")}</p>
      {samples.length === 0 ? (
        <p className={styles.startText}>{labels.loading ? t("explore.start.loading") : noLabels}</p>
      ) : (
        <section aria-label={heading}>
          <h3 className={styles.startHeading}>{heading}</h3>
          <ul className={styles.startList}>
            {samples.map(({ kind, query }) => (
              <li key={query}>
                <button className={styles.startQuery} onClick={() => onRun(query)} type="button">
                  <code>{query}</code>
                  <span>{t(`explore.sample.${kind}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {known.length === 0 ? null : (
        <section aria-label={t("explore.start.recent")}>
          <h3 className={styles.startHeading}>{t("explore.start.recent")}</h3>
          <ul className={styles.startList}>
            {known.map(({ id, query, usedAtMs }) => (
              <li key={id}>
                <button className={styles.startQuery} onClick={() => onRun(query)} type="button">
                  <code>{query}</code>
                  <span>{formats.dateTime(usedAtMs)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {labels.error === undefined ? null : <Button onClick={labels.retry}>{t("explore.start.again")}</Button>}
    </div>
  );
}

/** The same question for an hour long, so that the answer is kept. */
function wholeHour(): number {
  return Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
}
