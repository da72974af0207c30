import { IconAdjustments, IconArrowLeft } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import styles from "./cardinality.module.css";
import { Snippet } from "./snippet.tsx";
import type { TenantPlace } from "./tenant-place.ts";

interface EmergencyViewProps {
  readonly place: TenantPlace;
  readonly job: string;
  readonly label: string;
  readonly onClose: () => void;
}

/** The button that led here is gone: without this, keys would go nowhere. */
function takeFocus(steps: HTMLElement | null): void {
  steps?.focus({ preventScroll: true });
}

/** How to stop one label now, step by step; the cap can be planned from here as any change of limits. */
export function EmergencyView({ place, job, label, onClose }: EmergencyViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, loading, retry } = useAnswer("cardinality", "emergency", { ...place, job, label });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape goes back from anywhere inside
    <div
      className={styles.emergency}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
      ref={takeFocus}
      tabIndex={-1}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- Escape goes back from anywhere inside
      role="group"
    >
      <Button compact icon={IconArrowLeft} onClick={onClose} tone="quiet">
        {t("cardinality.back")}
      </Button>
      <h3>{t("cardinality.emergency", { label: withVisibleCharacters(label) })}</h3>
      {data === undefined ? (
        loading || error === undefined ? (
          <LoadingView rows={8} />
        ) : (
          <FailedView error={error} onRetry={retry} />
        )
      ) : (
        <ol className={styles.steps}>
          {data.steps.map(({ key, params, text }) => {
            const shown = Object.fromEntries(
              Object.entries(params).map(([name, value]) => [
                name,
                typeof value === "number" ? formats.number(value) : withVisibleCharacters(value),
              ]),
            );
            const cap = params["streams"];
            return (
              <li key={key}>
                <p>{t.dynamic(`cardinality.step.${key}`, shown, key)}</p>
                {text === null ? null : (
                  <Snippet label={t.dynamic(`cardinality.stepText.${key}`, {}, key)} text={text} />
                )}
                {key === "cap" && typeof cap === "number" ? <CapButton cap={cap} tenant={place.tenant} /> : null}
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}

function CapButton({ tenant, cap }: { readonly tenant: string; readonly cap: number }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("tenants.limits");
  const changes = useLimitChanges();
  return (
    <Button
      compact
      disabledReason={forbidden}
      icon={IconAdjustments}
      onClick={() => changes.edit({ tenant, key: "max_global_streams_per_user", value: String(cap) })}
    >
      {t("cardinality.planCap")}
    </Button>
  );
}
