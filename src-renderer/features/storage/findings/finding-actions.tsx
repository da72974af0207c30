import { Menu } from "@mantine/core";
import { IconArrowBackUp, IconFileExport, IconPackages } from "@tabler/icons-react";
import { lazy, Suspense, useState, type ReactElement } from "react";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { FindingFilter, KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useStorageView } from "../storage-context.ts";
import styles from "./findings.module.css";

const QuarantineDialog = lazy(async () => ({
  default: (await import("../quarantine/quarantine-dialog.tsx")).QuarantineDialog,
}));
const RestoreDialog = lazy(async () => ({ default: (await import("../restore/restore-dialog.tsx")).RestoreDialog }));

const FORMATS = ["json", "ndjson", "csv"] as const;
/** Kinds that are about an object which is not there: nothing could be set aside. */
const WITHOUT_OBJECT: ReadonlySet<KeptFinding["finding"]["kind"]> = new Set(["missing-chunk", "missing-index-of-day"]);

interface PlanButtonsProps {
  readonly scan: JobId;
  readonly ids: readonly string[];
  /** Those of them that are known here, for what can be done about them. */
  readonly known: readonly KeptFinding[];
  readonly compact?: boolean;
}

/** What can be done about findings: set their objects aside, or bring back what is missing. Each begins with a plan. */
export function PlanButtons({ scan, ids, known, compact = true }: PlanButtonsProps): ReactElement {
  const t = useTranslate();
  const { store, stores } = useStorageView();
  const noQuarantine = useForbidden("storage.quarantine");
  const noRestore = useForbidden("storage.restore");
  const [opened, setOpened] = useState<"quarantine" | "restore" | null>(null);
  const nothing = ids.length === 0 ? t("storage.findings.nothingChosen") : undefined;
  const noObject =
    known.length === ids.length && known.every(({ finding }) => WITHOUT_OBJECT.has(finding.kind))
      ? t("storage.findings.noObject")
      : undefined;
  const close = (): void => setOpened(null);
  return (
    <>
      <Button
        compact={compact}
        disabledReason={noQuarantine ?? nothing ?? noObject}
        icon={IconPackages}
        onClick={() => setOpened("quarantine")}
      >
        {t("storage.findings.setAside")}
      </Button>
      <Button
        compact={compact}
        disabledReason={noRestore ?? nothing}
        icon={IconArrowBackUp}
        onClick={() => setOpened("restore")}
      >
        {t("storage.findings.restore")}
      </Button>
      <Suspense fallback={null}>
        {opened === "quarantine" ? (
          <QuarantineDialog
            onClose={close}
            request={{ kind: "set-aside", store: store.id, scan, findings: [...ids] }}
            store={store}
          />
        ) : null}
        {opened === "restore" ? (
          <RestoreDialog findings={{ scan, ids }} onClose={close} store={store} stores={stores} />
        ) : null}
      </Suspense>
    </>
  );
}

/** The findings that fit the filter as a file, and where it was put. */
export function ExportFindings({
  scan,
  filter,
}: {
  readonly scan: JobId;
  readonly filter: FindingFilter;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("storage.scan");
  const { fire, pending, error, data } = useChange("storage", "exportFindings");
  return (
    <span className={styles.export}>
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
      {data === undefined || error !== undefined ? null : (
        <output className={styles.made}>
          <span className={styles.mono} title={data.file}>
            {withVisibleCharacters(data.file.split(/[\\/]/).at(-1) ?? data.file)}
          </span>
          <span className={styles.muted}>
            {t("storage.findings.count", { count: data.findings, findings: formats.number(data.findings) })}
          </span>
          <CopyButton label={t("storage.findings.copyPath")} size={20} text={data.file} />
        </output>
      )}
      <Menu keepMounted={false} position="bottom-end" transitionProps={{ duration: 0 }} width={200} withinPortal>
        <Menu.Target>
          <Button compact disabledReason={forbidden} icon={IconFileExport} loading={pending}>
            {t("storage.findings.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map((format) => (
            <Menu.Item disabled={forbidden !== undefined} key={format} onClick={() => fire({ scan, filter, format })}>
              {t(`storage.findings.format.${format}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
