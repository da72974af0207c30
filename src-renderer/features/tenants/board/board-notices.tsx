import { IconArrowBackUp } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type {
  LimitDisagreement,
  LimitSourceState,
  OverrideExpiry,
  TenantsBoard,
} from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import styles from "./board.module.css";
import { ExpiryLine } from "../expiry-line.tsx";

const SHOWN_AT_FIRST = 3;

/** Exceptions that should have ended by now, said loudly: nobody meant these values to hold. */
export function OverdueNotice({ expiries }: { readonly expiries: readonly OverrideExpiry[] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("tenants.limits");
  const { open } = useLimitChanges();
  const overdue = expiries.filter((expiry) => expiry.overdue);
  if (overdue.length === 0) return null;
  return (
    <section
      aria-label={t("limits.overdue.title", { count: overdue.length, overrides: formats.number(overdue.length) })}
      className={styles.overdue}
      role="alert"
    >
      <p className={styles.overdueTitle}>
        <StatusShape tone="bad" />
        {t("limits.overdue.title", { count: overdue.length, overrides: formats.number(overdue.length) })}
        <span className={styles.overdueWhy}>{t("limits.overdue.why")}</span>
        <span className={styles.overdueAction}>
          <Button
            compact
            disabledReason={forbidden}
            icon={IconArrowBackUp}
            onClick={() =>
              open({
                kind: "edits",
                edits: overdue.map(({ tenant, key, restores }) => ({ tenant, key, value: restores })),
              })
            }
          >
            {t("limits.overdue.takeBack")}
          </Button>
        </span>
      </p>
      <ul className={styles.expiries}>
        {overdue.map((expiry) => (
          <ExpiryLine expiry={expiry} key={`${expiry.tenant} ${expiry.key}`} />
        ))}
      </ul>
    </section>
  );
}

/** What could not be read, and what contradicts itself: the figures stand, and this is what they do not rest on. */
export function DoubtNotices({ board }: { readonly board: TenantsBoard }): ReactElement | null {
  const t = useTranslate();
  return (
    <DoubtList
      texts={[
        ...(board.state === "failed" && board.error !== undefined
          ? [t("limits.partial.round", { why: errorText(t, board.error) })]
          : []),
        ...board.sources.flatMap((source) => sourceText(source, t)),
        ...board.disagreements.map((one) => disagreementText(one, t)),
      ]}
    />
  );
}

/** Calm, and short at first: many disagreements often have one cause. */
export function DoubtList({ texts }: { readonly texts: readonly string[] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  if (texts.length === 0) return null;
  const shown = all ? texts : texts.slice(0, SHOWN_AT_FIRST);
  const hidden = texts.length - shown.length;
  return (
    <PartialNotice
      actions={
        hidden === 0 ? undefined : (
          <Button compact onClick={() => setAll(true)}>
            {t("limits.partial.more", { count: hidden, more: formats.number(hidden) })}
          </Button>
        )
      }
    >
      <ul className={styles.doubts}>
        {shown.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </PartialNotice>
  );
}

/** A source that was not read now: what it is, and why. */
export function sourceText({ source, state, error }: LimitSourceState, t: Translate): readonly string[] {
  if (state === "read") return [];
  const why = error === undefined ? "" : errorText(t, error);
  return [`${t(`limits.partial.${state}`, { source: t(`limits.source.of.${source}`) })} ${why}`.trim()];
}

/** Two sources that contradict each other. Names and values are of others: shown with what a screen would hide. */
export function disagreementText({ kind, params }: LimitDisagreement, t: Translate): string {
  const words = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "string" ? withVisibleCharacters(value) : value,
    ]),
  );
  return t.dynamic(`limits.disagreement.${kind}`, words);
}
