import type { ReactElement, ReactNode } from "react";
import { Button } from "../../../components/button.tsx";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useOperations } from "./operation-context.tsx";
import type { OperationDraft } from "./operation-draft.ts";
import styles from "./operations-tab.module.css";

interface StarterProps {
  readonly kind: OperationDraft["kind"];
  /** What is chosen so far as an operation; `null` while something is missing. */
  readonly operation: OperationDraft | null;
  /** What it is done to, and how. */
  readonly children: ReactNode;
}

/** One thing that can be done: what it is, the choices it needs, and the way to its plan. */
export function Starter({ kind, operation, children }: StarterProps): ReactElement {
  const t = useTranslate();
  const { open } = useOperations();
  const forbidden = useForbidden("health.operate");
  const name = t(`operations.kind.${kind}`);
  return (
    <li className={styles.starter}>
      <form
        aria-label={name}
        className={styles.starterForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (operation !== null && forbidden === undefined) open(operation);
        }}
      >
        <div className={styles.what}>
          <h4>{name}</h4>
          <p>{t(`operations.about.${kind}`)}</p>
        </div>
        <div className={styles.choices}>{children}</div>
        <Button
          disabledReason={forbidden ?? (operation === null ? t("operations.chooseFirst") : undefined)}
          type="submit"
        >
          {t("operations.toPlan")}
        </Button>
      </form>
    </li>
  );
}
