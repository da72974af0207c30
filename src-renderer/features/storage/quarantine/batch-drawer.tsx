import type { ReactElement } from "react";
import type { QuarantineBatch } from "../../../../src-shared/model/storage/quarantine.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { Facts } from "../../../components/facts.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";
import { QuarantineItems } from "./quarantine-items.tsx";

interface BatchDrawerProps {
  readonly batch: QuarantineBatch;
  readonly onClose: () => void;
}

/** What stands in one batch: who set it aside, why, and each object with what is left of its lines. */
export function BatchDrawer({ batch, onClose }: BatchDrawerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <Drawer initialWidth={640} onClose={onClose} title={t("storage.batch.title", { batch: batch.batch })}>
      <div className={styles.drawer}>
        <Facts
          facts={[
            { label: t("storage.batch.state"), value: t(`storage.batchState.${batch.state}`) },
            { label: t("storage.batch.when"), value: formats.dateTime(batch.atMs) },
            { label: t("storage.batch.who"), value: withVisibleCharacters(batch.principal) },
            { label: t("storage.batch.reason"), value: withVisibleCharacters(batch.reason) },
            ...(batch.problem === null
              ? []
              : [{ label: t("storage.batch.problem"), value: withVisibleCharacters(batch.problem) }]),
          ]}
        />
        <QuarantineItems count={batch.count} items={batch.items} />
      </div>
    </Drawer>
  );
}
