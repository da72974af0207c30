import { IconArrowBackUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import { Button } from "../../../components/button.tsx";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";

/** Why a change cannot be taken back, `limits.rollback.not.<why>`; `null` where it can. */
export function rollbackObstacle(
  state: string,
  report: LimitChangeReport,
): "running" | "nothing-written" | "already" | null {
  if (state === "running" || state === "queued" || state === "paused") return "running";
  if (report.rolledBackBy !== undefined) return "already";
  return report.writtenVersion === null ? "nothing-written" : null;
}

interface RollbackButtonProps {
  readonly state: string;
  readonly report: LimitChangeReport;
  readonly compact?: boolean;
  readonly onRollback: () => void;
}

/** Plans the way back. It says why where there is none. */
export function RollbackButton({ state, report, compact = false, onRollback }: RollbackButtonProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("tenants.limits");
  const obstacle = rollbackObstacle(state, report);
  return (
    <Button
      compact={compact}
      disabledReason={forbidden ?? (obstacle === null ? undefined : t(`limits.rollback.not.${obstacle}`))}
      icon={IconArrowBackUp}
      onClick={(event) => {
        event.stopPropagation();
        onRollback();
      }}
    >
      {t("limits.rollback")}
    </Button>
  );
}
