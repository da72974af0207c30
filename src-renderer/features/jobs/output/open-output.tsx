import { IconFolderOpen } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Job } from "../../../../src-shared/model/job.ts";
import { Button } from "../../../components/button.tsx";
import { useArchiveOpening } from "../../../hooks/archive-opening.ts";
import { openableOutput } from "../../../hooks/job-output.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";

/** Opens what a job has made in Explore; nothing where it made nothing that opens. */
export function OpenOutput({ job }: { readonly job: Job }): ReactElement | null {
  const path = openableOutput(job);
  return path === null ? null : <OpenButton path={path} />;
}

function OpenButton({ path }: { readonly path: string }): ReactElement {
  const t = useTranslate();
  const { openPaths, forbidden } = useArchiveOpening();
  return (
    <Button compact disabledReason={forbidden} icon={IconFolderOpen} onClick={() => openPaths([path])}>
      {t("exports.job.open")}
    </Button>
  );
}
