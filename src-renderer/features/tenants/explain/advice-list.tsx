import { IconPencil } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { Button } from "../../../components/button.tsx";
import { CodeText } from "../../../components/code-text.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { EditDraft } from "../changes/change-draft.ts";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import styles from "./explain.module.css";
import { adviceWords } from "./explanation-text.ts";

type Advice = RefusalExplanation["advice"][number];

/** The change that an advice comes to; `null` where it is no change of a limit, or names no tenant. */
export function adviceEdit({ params }: Advice, tenant: string | null): EditDraft | null {
  const { key, toText } = params;
  if (tenant === null || tenantIdProblem(tenant) !== null || typeof key !== "string" || toText === undefined)
    return null;
  return /^[a-z][a-z0-9_]{0,99}$/.test(key) ? { tenant, key, value: String(toText) } : null;
}

/** What to do, the best first. What is a change of a limit can be begun from here. */
export function AdviceList({ explanation }: { readonly explanation: RefusalExplanation }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("tenants.limits");
  const { edit } = useLimitChanges();
  const { advice, tenant, unit } = explanation;
  return (
    <ol className={styles.advice}>
      {advice.map((one, place) => {
        const change = adviceEdit(one, tenant);
        return (
          <li data-best={place === 0 || undefined} key={`${one.kind} ${JSON.stringify(one.params)}`}>
            <span className={styles.rank}>{formats.number(place + 1)}</span>
            <span className={styles.adviceText}>
              <CodeText
                text={t.dynamic(`tenants.advice.${one.kind}`, adviceWords(one.params, unit, t, formats), one.kind)}
              />
            </span>
            {change === null ? null : (
              <Button compact disabledReason={forbidden} icon={IconPencil} onClick={() => edit(change)}>
                {t("limits.explain.change", { key: change.key, value: change.value ?? "" })}
              </Button>
            )}
          </li>
        );
      })}
    </ol>
  );
}
