import { Menu } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { z } from "zod";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { UsageRange } from "../../../../src-shared/model/tenants/usage.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { jobTone } from "../../../components/job-view.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { hasEnded, useJobs } from "../../../hooks/use-jobs.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import styles from "./usage.module.css";

const FORMATS = ["csv", "parquet"] as const;

/** Where the job put its file. */
const madeSchema = z.object({ file: z.string().min(1) });

/** Single costs of the range as a file: a job that outlives the window, and the file's path when it is there. */
export function ExportMenu({ range }: { readonly range: UsageRange }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("usage.export");
  const { fire, pending, error, data } = useChange("usage", "exportCosts");
  return (
    <span className={styles.export}>
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
      {data === undefined || error !== undefined ? null : <Started id={data.job} />}
      <Menu keepMounted={false} position="bottom-end" transitionProps={{ duration: 0 }} width={220} withinPortal>
        <Menu.Target>
          <Button compact disabledReason={forbidden} icon={IconFileExport} loading={pending}>
            {t("usage.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("usage.export.what")}</Menu.Label>
          {FORMATS.map((format) => (
            <Menu.Item disabled={forbidden !== undefined} key={format} onClick={() => fire({ range, format })}>
              {t(`usage.export.${format}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

/** The last part of a path of this machine or of a Windows one. */
function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function Started({ id }: { readonly id: JobId }): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  const { data: jobs } = useJobs();
  const job = jobs?.find((one) => one.id === id);
  const ended = job !== undefined && hasEnded(job);
  const made = ended ? madeSchema.safeParse(job.output) : null;
  const path = made?.success === true ? made.data.file : null;
  const text = !ended
    ? t("usage.export.running")
    : job.error !== undefined
      ? errorText(t, job.error)
      : (path ?? t(`jobs.state.${job.state}`));
  return (
    <output className={styles.started}>
      <StatusShape tone={job === undefined ? "working" : jobTone(job.state)} />
      <span className={path === null ? styles.startedText : styles.path} title={text}>
        {withVisibleCharacters(path === null ? text : fileName(path))}
      </span>
      {path === null ? null : <CopyButton label={t("usage.export.copyPath")} size={20} text={path} />}
      <Button compact onClick={() => show("jobs")} tone="quiet">
        {t("app.job.all")}
      </Button>
    </output>
  );
}
