import { IconPencil } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import { Badge } from "../../../components/badge.tsx";
import { CodeText } from "../../../components/code-text.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { ExpiryTime } from "../expiry-line.tsx";
import { GaugeBar, UseOfLimit } from "../gauge/gauge-bar.tsx";
import { amountText, exactAmount, reachText } from "../gauge/limit-text.ts";
import { Trend } from "../gauge/trend.tsx";
import { meaningOf } from "./limit-filter.ts";
import styles from "./limits.module.css";

const MAX_VALUE_CHARS = 400;

/** Where a value comes from: each a shape of its own. */
const SOURCE_TONES: Readonly<Record<TenantLimit["source"], StatusTone | null>> = {
  "built-in": null,
  config: "good",
  override: "working",
  unknown: "doubt",
};

interface LimitRowProps {
  readonly limit: TenantLimit;
  readonly forbidden: string | undefined;
  readonly onEdit: (limit: TenantLimit) => void;
  readonly onExplain: (reason: string) => void;
}

/** One limit: its value, where that comes from, what it means, how much of it is used, and what it refuses. */
export function LimitRow({ limit, forbidden, onEdit, onExplain }: LimitRowProps): ReactElement {
  const t = useTranslate();
  const { key, gauge, discardReason, source, deprecated, perTenant } = limit;
  const meaning = meaningOf(key, t);
  const tone = SOURCE_TONES[source];
  return (
    <li className={styles.row} data-source={source}>
      <div className={styles.head}>
        <code className={styles.key}>{key}</code>
        <span className={styles.chips}>
          <Badge {...(tone === null ? {} : { tone })}>{t(`limits.sourceOf.${source}`)}</Badge>
          {deprecated ? <Badge>{t("limits.list.deprecated")}</Badge> : null}
        </span>
        <LimitValueText limit={limit} />
        <IconButton
          disabledReason={forbidden ?? (perTenant ? undefined : t("limits.list.notPerTenant"))}
          icon={IconPencil}
          label={t("limits.list.edit", { key })}
          onClick={() => onEdit(limit)}
          size={24}
          tipPosition="left"
        />
      </div>
      <p className={styles.meaning}>{meaning === "" ? t("limits.list.noMeaning") : <CodeText text={meaning} />}</p>
      {gauge === null ? null : <GaugeLine gauge={gauge} />}
      <Besides limit={limit} />
      {discardReason === null ? null : (
        <p className={styles.refuses}>
          {t("limits.list.refuses")}{" "}
          <button className={styles.link} onClick={() => onExplain(discardReason)} type="button">
            <code>{discardReason}</code>
          </button>
        </p>
      )}
    </li>
  );
}

/** The value as Loki prints it, with what it comes to where that is easier to read. */
function LimitValueText({ limit }: { readonly limit: TenantLimit }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { value, number, unit, unlimited } = limit;
  if (value === null) return <span className={styles.value}>{t("limits.unknown")}</span>;
  const human = number === null || unit === "none" || unit === "count" ? null : amountText(number, unit, t, formats);
  const shown = value === "" ? '""' : withVisibleCharacters(value);
  const exact = number === null ? shown : exactAmount(number, unit, t, formats);
  return (
    <span className={styles.value} title={exact.slice(0, MAX_VALUE_CHARS)}>
      <code>{shown.length > MAX_VALUE_CHARS ? `${shown.slice(0, MAX_VALUE_CHARS)}…` : shown}</code>
      {unlimited ? (
        <span className={styles.human}>{t("limits.unlimited")}</span>
      ) : human === null || human.replaceAll(" ", "") === shown ? null : (
        <span className={styles.human}>{human}</span>
      )}
    </span>
  );
}

function GaugeLine({ gauge }: { readonly gauge: NonNullable<TenantLimit["gauge"]> }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const reach = reachText(gauge, t, formats);
  return (
    <div className={styles.gaugeLine}>
      <span className={styles.gaugeBar}>
        <GaugeBar gauge={gauge} />
      </span>
      <UseOfLimit gauge={gauge} />
      <Trend gauge={gauge} />
      {reach === "–" ? null : <span>{reach}</span>}
    </div>
  );
}

/** What is behind the value: what it would be without, who disagrees, when it ends. */
function Besides({ limit }: { readonly limit: TenantLimit }): ReactElement | null {
  const t = useTranslate();
  const { source, configured, builtIn, disagrees, expiry } = limit;
  const without = source === "override" ? (configured ?? builtIn) : source === "config" ? builtIn : null;
  if (without === null && disagrees === null && expiry === null) return null;
  return (
    <ul className={styles.besides}>
      {without === null ? null : (
        <li>
          {t(source === "override" && configured !== null ? "limits.list.configured" : "limits.list.builtIn")}{" "}
          <code>{without === "" ? '""' : withVisibleCharacters(without)}</code>
        </li>
      )}
      {disagrees === null ? null : (
        <li className={styles.warned}>
          <StatusShape tone="warning" />
          {t("limits.list.disagrees", { value: withVisibleCharacters(disagrees) })}
        </li>
      )}
      {expiry === null ? null : (
        <li className={styles.warned}>
          <StatusShape tone={expiry.overdue ? "bad" : "working"} />
          {expiry.overdue ? <strong>{t("limits.expiry.overdue")}</strong> : t("limits.expiry.ends")}{" "}
          <ExpiryTime expiry={expiry} /> →{" "}
          {expiry.restores === null ? (
            t("limits.expiry.takenOut")
          ) : (
            <code>{withVisibleCharacters(expiry.restores)}</code>
          )}
        </li>
      )}
    </ul>
  );
}
