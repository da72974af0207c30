import type { ReactElement } from "react";
import type { Capsule } from "../../../src-shared/api/capsules.api.ts";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { Button } from "../../components/button.tsx";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { Facts } from "../../components/facts.tsx";
import { FailedView, LoadingView } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { spanText } from "./archive-facts.ts";
import { redactedText } from "./archive-provenance.tsx";
import styles from "./archive-drawer.module.css";
import { CapsuleTrail } from "./capsule-trail.tsx";
import { CompletenessSign } from "./completeness-sign.tsx";

/** What an investigation left behind. Everything in it is text of others: shown as text, never as markup. */
export function CapsuleDetails({ archive }: { readonly archive: ArchiveDescription }): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("capsules", "describe", { archive: archive.id });
  return (
    <>
      {loading ? <LoadingView rows={6} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("archives.capsule.failed")} />}
      {data === undefined ? null : <CapsuleContents archive={archive} capsule={data} />}
    </>
  );
}

interface ContentsProps {
  readonly archive: ArchiveDescription;
  readonly capsule: Capsule;
}

function CapsuleContents({ archive, capsule }: ContentsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const plain = withVisibleCharacters;
  return (
    <>
      <section className={styles.section}>
        <h3>{t("archives.capsule.title")}</h3>
        <Facts
          facts={[
            { label: t("archives.capsule.name"), value: plain(capsule.title) },
            { label: t("archives.capsule.at"), value: formats.dateTime(capsule.createdAtMs) },
            { label: t("archives.capsule.by"), value: plain(capsule.createdBy) },
            { label: t("archives.provenance.program"), value: plain(capsule.program) },
            { label: t("archives.provenance.redacted"), value: redactedText(capsule.redacted, t, formats) },
          ]}
        />
      </section>
      <section className={styles.section}>
        <h3>{t("archives.capsule.notes")}</h3>
        {capsule.notes.trim() === "" ? (
          <p className={styles.muted}>{t("archives.capsule.noNotes")}</p>
        ) : (
          <p className={styles.notes}>{withVisibleLines(capsule.notes)}</p>
        )}
      </section>
      <CapsuleQueries archive={archive} queries={capsule.queries} />
      {capsule.facts.length === 0 ? null : <CapsuleFacts facts={capsule.facts} />}
      <CapsuleTrail entries={capsule.audit} />
    </>
  );
}

/** Line breaks belong to notes; every other hidden character is shown. */
function withVisibleLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => withVisibleCharacters(line))
    .join("\n");
}

interface QueriesProps {
  readonly archive: ArchiveDescription;
  readonly queries: Capsule["queries"];
}

/** What was asked, and its rows again: as they were then, from the capsule itself. */
function CapsuleQueries({ archive, queries }: QueriesProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const noLogs = useForbidden("logs.read");
  const exploreArchive = useWorkspace((state) => state.exploreArchive);
  const explore = ({ query, tenant, startNs, endNs }: Capsule["queries"][number]): void => {
    const part = archive.tenants.find((one) => one.tenant === tenant) ?? archive.tenants[0];
    const range = { kind: "absolute", startNs, endNs } as const;
    exploreArchive({ archive: archive.id, tenant: part?.tenant ?? null, range, query });
  };
  return (
    <section className={styles.section}>
      <h3>{t("archives.capsule.queries")}</h3>
      <ol className={styles.problems}>
        {queries.map((asked, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- one query may be there twice
          <li className={styles.asked} key={place}>
            <div className={styles.problem}>
              <code className={styles.query}>{withVisibleLines(asked.query)}</code>
              <span className={styles.evidence}>
                <CompletenessSign verdict={asked.completeness.verdict} />
                <span>{t("archives.rows", { count: asked.rows, rows: formats.number(asked.rows) })}</span>
                <span>
                  {withVisibleCharacters([asked.site, asked.tenant].filter((name) => name !== null).join(" · "))}
                </span>
                <span>{spanText(asked.startNs, asked.endNs, formats)}</span>
              </span>
            </div>
            <Button compact disabledReason={noLogs} onClick={() => explore(asked)}>
              {t("archives.explore")}
            </Button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function CapsuleFacts({ facts }: { readonly facts: Capsule["facts"] }): ReactElement {
  const t = useTranslate();
  return (
    <section className={styles.section}>
      <h3>{t("archives.capsule.facts")}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("app.site.pick")}</th>
            <th scope="col">{t("archives.capsule.fact")}</th>
            <th scope="col">{t("archives.capsule.value")}</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(({ site, name, value }) => (
            <tr key={`${site} ${name}`}>
              <td>{withVisibleCharacters(site)}</td>
              <td>{withVisibleCharacters(name)}</td>
              <td className={styles.value}>{withVisibleCharacters(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
