import { Autocomplete } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import type { TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { SwitchField } from "../../../components/field.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { usedText } from "../gauge/limit-text.ts";
import { meaningOf } from "../limits/limit-filter.ts";
import { shownValue, type EditDraft } from "./change-draft.ts";
import styles from "./edits-form.module.css";
import { ValueField } from "./value-field.tsx";

const SHOWN_OPTIONS = 50;

interface EditRowProps {
  readonly site: Site["id"];
  readonly place: number;
  readonly edit: EditDraft;
  readonly tenants: readonly string[];
  readonly onEdit: (edit: EditDraft) => void;
  readonly onRemove: (() => void) | undefined;
}

/** One value: whose, which, and what it shall be, beside what holds now and what it means. */
export function EditRow({ site, place, edit, tenants, onEdit, onRemove }: EditRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { tenant, key, value } = edit;
  const named = tenantIdProblem(tenant) === null;
  const { data, error } = useAnswer("tenants", "limits", named ? { site, tenant } : null);
  const limit = data?.limits.find((one) => one.key === key);
  const keys = (data?.limits ?? []).filter(({ perTenant }) => perTenant).map((one) => one.key);
  const number = formats.number(place + 1);
  return (
    <li className={styles.edit}>
      <div className={styles.fields}>
        <Autocomplete
          className={styles.tenant ?? ""}
          data={[...tenants]}
          error={tenant === "" || named ? undefined : t("limits.edits.badTenant")}
          label={t("limits.edits.tenant", { number })}
          limit={SHOWN_OPTIONS}
          onChange={(next) => onEdit({ ...edit, tenant: next })}
          spellCheck={false}
          value={tenant}
        />
        <Autocomplete
          className={styles.key ?? ""}
          data={keys}
          disabled={!named}
          label={t("limits.edits.key", { number })}
          limit={SHOWN_OPTIONS}
          onChange={(next) => {
            const chosen = data?.limits.find((one) => one.key === next);
            onEdit({ tenant, key: next, value: chosen === undefined ? value : (chosen.value ?? chosen.builtIn) });
          }}
          spellCheck={false}
          value={key}
        />
        <ValueField
          label={t("limits.edits.value", { number })}
          limit={limit}
          onValue={(next) => onEdit({ ...edit, value: next })}
          value={value}
        />
        {onRemove === undefined ? null : (
          <IconButton icon={IconX} label={t("limits.edits.remove", { number })} onClick={onRemove} size={28} />
        )}
      </div>
      {error === undefined ? null : <p className={styles.problem}>{errorText(t, error)}</p>}
      {limit === undefined ? (
        key === "" || data === undefined ? null : (
          <p className={styles.problem}>{t("limits.edits.unknownKey", { key: withVisibleCharacters(key) })}</p>
        )
      ) : (
        <div className={styles.about}>
          <p className={styles.now}>
            {t("limits.edits.now")} <code>{shownValue(limit.value, t)}</code> ({t(`limits.sourceOf.${limit.source}`)}
            {limit.gauge === null
              ? ""
              : ` · ${t("limits.edits.used", { used: usedText(limit.gauge.used, limit.gauge.unit, t, formats) })}`}
            )
          </p>
          <p>
            <CodeText text={meaningOf(key, t)} />
          </p>
          {limit.source === "override" ? (
            <SwitchField
              checked={value === null}
              label={t("limits.edits.takeOut", { value: shownValue(limit.configured ?? limit.builtIn, t) })}
              onChange={(out) => onEdit({ ...edit, value: out ? null : restored(limit) })}
            />
          ) : null}
        </div>
      )}
    </li>
  );
}

function restored({ value, builtIn }: TenantLimit): string {
  return value ?? builtIn;
}
