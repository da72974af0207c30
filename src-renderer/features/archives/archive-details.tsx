import type { ReactElement } from "react";
import type { ArchiveDescription, ArchiveProblem } from "../../../src-shared/model/archive.ts";
import { Badge } from "../../components/badge.tsx";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { errorText } from "../../components/error-text.ts";
import { Facts, type Fact } from "../../components/facts.tsx";
import { Bytes } from "../../components/quantity.tsx";
import { reasonText } from "../../components/reason-text.ts";
import { useExploreArchive } from "../../hooks/use-explore-archive.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../../hooks/use-translate.ts";
import { spanText } from "./archive-facts.ts";
import styles from "./archive-drawer.module.css";
import { ArchiveProvenance, assumptionFacts } from "./archive-provenance.tsx";
import { CompletenessSign } from "./completeness-sign.tsx";

/** Problems and reasons that are listed one by one. */
const LISTED = 100;

export function ArchiveDetails({ archive }: { readonly archive: ArchiveDescription }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const facts: Fact[] = [
    { label: t("archives.kind"), value: t(`archives.kind.${archive.kind}`) },
    { label: t("archives.place"), value: withVisibleCharacters(archive.path), mono: true },
    ...(archive.kind !== "files" || archive.formats.length === 0
      ? []
      : [
          {
            label: t("archives.formats"),
            value: formats.list(archive.formats.map((format) => formatText(t, format))),
          },
        ]),
    { label: t("archives.openedAt"), value: formats.dateTime(archive.openedAtMs) },
    ...assumptionFacts(archive.assumptions, t, formats),
  ];
  return (
    <>
      <section className={styles.section}>
        <h3>{t("archives.file")}</h3>
        <Facts facts={facts} />
      </section>
      <Verdict archive={archive} />
      <Tenants archive={archive} />
      {archive.problems.length === 0 ? null : <Problems problems={archive.problems} />}
      {/* A capsule tells it itself, and more. */}
      {archive.provenance === null || archive.kind === "capsule" ? null : (
        <ArchiveProvenance provenance={archive.provenance} />
      )}
    </>
  );
}

function Verdict({ archive }: { readonly archive: ArchiveDescription }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { verdict, reasons } = archive.completeness;
  return (
    <section className={styles.section}>
      <h3 className={styles.headed}>
        {t("archives.completeness")} <CompletenessSign verdict={verdict} />
      </h3>
      {reasons.length === 0 ? (
        <p className={styles.muted}>{t(`archives.completeness.${verdict}Text`)}</p>
      ) : (
        <ul className={styles.reasons}>
          {reasons.slice(0, LISTED).map((reason, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- reasons have no name but their place
            <li key={place}>{reasonText(reason, t, formats)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Tenants({ archive }: { readonly archive: ArchiveDescription }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const explore = useExploreArchive();
  const noLogs = useForbidden("logs.read");
  return (
    <section className={styles.section}>
      <h3>{t("archives.tenantsTitle")}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("app.tenant.pick")}</th>
            <th data-align="end" scope="col">
              {t("archives.rowsTitle")}
            </th>
            <th data-align="end" scope="col">
              {t("archives.size")}
            </th>
            <th scope="col">{t("archives.range", { zone: formats.zone(archive.openedAtMs) })}</th>
          </tr>
        </thead>
        <tbody>
          {archive.tenants.map(({ tenant, rows, bytes, startNs, endNs }) => (
            <tr key={tenant}>
              <th scope="row">
                <button
                  className={styles.link}
                  disabled={noLogs !== undefined}
                  onClick={() => void explore(archive, { tenant })}
                  title={noLogs ?? t("archives.exploreTenant", { tenant })}
                  type="button"
                >
                  {tenant}
                </button>
              </th>
              <td data-align="end">{rows === null ? "–" : formats.number(rows)}</td>
              <td data-align="end">{bytes === null ? "–" : <Bytes value={bytes} />}</td>
              <td className={styles.spanCell}>
                <Span text={spanText(startNs, endNs, formats) ?? "–"} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A format's name; of plain text the time format that was found goes along: `text: syslog`. */
function formatText(t: Translate, format: string): string {
  const [name = "", ...rest] = format.split(": ");
  const text = t.dynamic(`archives.format.${name}`, {}, name);
  return rest.length === 0 ? text : `${text} (${rest.join(": ")})`;
}

/** From and to, each unbroken: where both do not fit, the line breaks between them. */
function Span({ text }: { readonly text: string }): ReactElement {
  const [from = "", to] = text.split(" – ");
  if (to === undefined) return <span>{from}</span>;
  return (
    <>
      <span>{from} –</span> <span>{to}</span>
    </>
  );
}

/** What could not be read. Names of parts and texts of errors are data of others. */
function Problems({ problems }: { readonly problems: readonly ArchiveProblem[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <section className={styles.section}>
      <h3 className={styles.headed}>
        {t("archives.problemsTitle")} <Badge tone="warning">{formats.number(problems.length)}</Badge>
      </h3>
      <p className={styles.muted}>{t("archives.problemsText")}</p>
      <ul className={styles.problems}>
        {problems.slice(0, LISTED).map(({ part, error, count, startNs, endNs }) => (
          <li className={styles.problem} key={`${error.code} ${part}`}>
            <span className={styles.part}>{withVisibleCharacters(part)}</span>
            <span>{withVisibleCharacters(errorText(t, error))}</span>
            <span className={styles.evidence}>
              <code>{error.code}</code>
              {count === 1 ? null : (
                <span>{t("archives.problemCount", { count, problems: formats.number(count) })}</span>
              )}
              <span>{spanText(startNs ?? null, endNs ?? null, formats)}</span>
            </span>
          </li>
        ))}
      </ul>
      {problems.length > LISTED ? (
        <p className={styles.muted}>{t("archives.problemsMore", { count: problems.length - LISTED })}</p>
      ) : null}
    </section>
  );
}
