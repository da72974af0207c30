import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { Button } from "../../../components/button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useSiteLimits } from "../site-limits.tsx";
import { EMPTY_EDIT, withPreset, type EditDraft, type EditsDraft } from "./change-draft.ts";
import styles from "./edits-form.module.css";
import { EditRow } from "./edit-row.tsx";
import { ExpiryField } from "./expiry-field.tsx";
import { PresetForm } from "./preset-form.tsx";

const MOST_EDITS = 100;

interface EditsFormProps {
  readonly site: Site["id"];
  readonly draft: EditsDraft;
  readonly onDraft: (draft: EditsDraft) => void;
}

/** Values of tenants, one a line, and for how long they shall hold. */
export function EditsForm({ site, draft, onDraft }: EditsFormProps): ReactElement {
  const t = useTranslate();
  const { board } = useSiteLimits();
  const tenants = useMemo(() => (board?.tenants ?? []).map(({ tenant }) => tenant).toSorted(), [board]);
  const edits = draft.edits.length === 0 ? [EMPTY_EDIT] : draft.edits;
  const change = (next: readonly EditDraft[]): void => {
    // What is changed by hand is no longer what a preset made.
    const { preset: _, ...rest } = draft;
    onDraft({ ...rest, edits: next });
  };
  return (
    <>
      <PresetForm
        onFill={(filled) => onDraft(withPreset(draft, filled))}
        site={site}
        tenant={draft.edits[0]?.tenant ?? ""}
        tenants={tenants}
      />
      <ol aria-label={t("limits.edits.label")} className={styles.edits}>
        {edits.map((edit, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- a line has no name before it is filled in
          <EditRow
            key={place}
            edit={edit}
            onEdit={(next) => change(edits.with(place, next))}
            onRemove={edits.length === 1 && edit === EMPTY_EDIT ? undefined : () => change(edits.toSpliced(place, 1))}
            place={place}
            site={site}
            tenants={tenants}
          />
        ))}
      </ol>
      <div>
        <Button
          compact
          disabledReason={edits.length >= MOST_EDITS ? t("limits.edits.most") : undefined}
          icon={IconPlus}
          onClick={() => change([...edits, { ...EMPTY_EDIT, tenant: edits.at(-1)?.tenant ?? "" }])}
        >
          {t("limits.edits.add")}
        </Button>
      </div>
      <ExpiryField
        minutes={draft.expiresAfterMinutes}
        onMinutes={(minutes) => {
          const { expiresAfterMinutes: _, ...rest } = draft;
          onDraft(minutes === undefined ? rest : { ...rest, expiresAfterMinutes: minutes });
        }}
      />
    </>
  );
}
