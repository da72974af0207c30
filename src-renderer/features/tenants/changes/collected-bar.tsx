import { IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./changes.module.css";
import { useCollected, useLimitChanges } from "./limit-changes-context.ts";

/** Values that were collected and not applied: said until they are, or are thrown away. */
export function CollectedBar(): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { open } = useLimitChanges();
  const { collected, isOpen, discard } = useCollected();
  const count = collected.edits.length;
  if (count === 0 || isOpen) return null;
  return (
    <section aria-label={t("limits.collected.label")} className={styles.collected}>
      <StatusShape tone="working" />
      <span>{t("limits.collected", { count, values: formats.number(count) })}</span>
      <code className={styles.collectedKeys}>{[...new Set(collected.edits.map(({ key }) => key))].join(", ")}</code>
      <span className={styles.collectedActions}>
        <Button compact onClick={() => open({ kind: "edits", edits: [] })} tone="primary">
          {t("limits.collected.continue")}
        </Button>
        <ConfirmButton
          confirmLabel={t("limits.collected.discardNow")}
          icon={IconTrash}
          label={t("limits.collected.discard")}
          onConfirm={discard}
          question={t("limits.collected.discardQuestion")}
        />
      </span>
    </section>
  );
}
