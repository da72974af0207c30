import { IconBriefcase2, IconPlus } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "../../../components/button.tsx";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { PopoverButton } from "../floating/popover-button.tsx";
import styles from "./capsule.module.css";
import type { CapsuleTrayStore } from "./capsule-tray.ts";
import { TrayList } from "./tray-list.tsx";

interface CapsuleMenuProps {
  readonly tray: CapsuleTrayStore;
  /** Puts the query that is shown into the tray. */
  readonly onAdd: () => void;
  /** Why it cannot be put there. */
  readonly mayNotAdd: string | undefined;
  readonly onMake: () => void;
}

/** The tray of the capsule: what was collected in this session, and the way to make one file of it. */
export function CapsuleMenu({ tray, onAdd, mayNotAdd, onMake }: CapsuleMenuProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [opened, setOpened] = useState(false);
  const { entries, kept, remove, move, empty } = useStore(tray);
  const count = entries.length;
  return (
    <PopoverButton
      label={t("exports.capsule.tray", { count, queries: formats.number(count) })}
      look="plain"
      onOpenChange={setOpened}
      opened={opened}
      position="bottom-end"
      shown={
        <>
          <IconBriefcase2 aria-hidden size={16} stroke={1.5} />
          {count === 0 ? null : <span className={styles.count}>{formats.number(count)}</span>}
        </>
      }
      width={480}
    >
      <div className={styles.panel}>
        <h3 className={styles.title}>{t("exports.capsule.trayTitle")}</h3>
        {count === 0 ? (
          <p className={styles.note}>{t("exports.capsule.none")}</p>
        ) : (
          <TrayList entries={entries} onMove={move} onRemove={remove} />
        )}
        {kept ? null : <p className={styles.note}>{t("exports.capsule.notKept")}</p>}
        <div className={styles.actions}>
          <Button disabledReason={mayNotAdd} icon={IconPlus} onClick={onAdd}>
            {t("exports.capsule.add")}
          </Button>
          {count === 0 ? null : (
            <>
              <Button
                onClick={() => {
                  setOpened(false);
                  onMake();
                }}
                tone="primary"
              >
                {t("exports.capsule.make")}
              </Button>
              <span className={styles.end}>
                <ConfirmButton
                  confirmLabel={t("exports.capsule.empty")}
                  label={t("exports.capsule.empty")}
                  onConfirm={empty}
                  question={t("exports.capsule.emptyQuestion")}
                />
              </span>
            </>
          )}
        </div>
      </div>
    </PopoverButton>
  );
}
