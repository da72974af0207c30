import { IconRefresh } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useMemo, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useAsk } from "../../../hooks/use-ask.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import styles from "./file-form.module.css";
import type { LineMark } from "./yaml-editor.tsx";

const YamlEditor = lazy(async () => ({ default: (await import("./yaml-editor.tsx")).YamlEditor }));
const SHOWN_MARKS = 8;

/** The file as it is being edited, and what is known to be wrong with it, by line. */
export interface FileDraft {
  readonly text: string;
  readonly marks: readonly LineMark[];
  /** As it was read, where, and when. */
  readonly original: string;
  readonly place: string;
  readonly readAtMs: number;
}

interface FileFormProps {
  readonly site: Site["id"];
  /** `null` until the file was read. */
  readonly draft: FileDraft | null;
  readonly onDraft: (draft: FileDraft | null) => void;
}

/** The runtime configuration itself: everything that can be in it, in its own words. */
export function FileForm({ site, draft, onDraft }: FileFormProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { api } = useRpc();
  const forbidden = useForbidden("tenants.limits");
  const question = useMemo(() => (signal: AbortSignal) => api.tenants.runtimeConfig({ site }, { signal }), [api, site]);
  // Each reading leaves an audit entry: once, and when a person says so.
  const { data, error, pending, ask } = useAsk(question);
  const missing = draft === null && forbidden === undefined;
  useEffect(() => {
    if (missing) ask();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each file that is not there
  }, [missing, ask]);
  useEffect(() => {
    if (data === undefined) return;
    const { text, problems: marks, place, readAtMs } = data;
    onDraft({ text, marks, original: text, place: `${place.namespace}/${place.name} · ${place.key}`, readAtMs });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each file that was read
  }, [data]);
  if (forbidden !== undefined) return <p className={styles.muted}>{forbidden}</p>;
  if (draft === null) {
    return error === undefined ? (
      <LoadingView rows={10} />
    ) : (
      <FailedView
        actions={
          <Button compact icon={IconRefresh} loading={pending} onClick={ask}>
            {t("app.retry")}
          </Button>
        }
        error={error}
        title={t("limits.file.failed")}
      />
    );
  }
  const changed = draft.original !== draft.text;
  return (
    <div className={styles.file} data-grows>
      <div className={styles.head}>
        <span className={styles.muted}>
          <code>{draft.place}</code> · {t("limits.file.read")} <RelativeTime atMs={draft.readAtMs} />
        </span>
        <span className={styles.headAction}>
          <Button compact icon={IconRefresh} loading={pending} onClick={ask}>
            {changed ? t("limits.file.readAnew") : t("limits.file.readAgain")}
          </Button>
        </span>
      </div>
      {error === undefined ? null : <ErrorPanel error={error} title={t("limits.file.failed")} />}
      <Suspense fallback={<LoadingView rows={10} />}>
        <YamlEditor
          label={t("limits.file.label")}
          marks={draft.marks}
          onChange={(text) => onDraft({ ...draft, text, marks: [] })}
          value={draft.text}
        />
      </Suspense>
      {draft.marks.length === 0 ? null : (
        <ul aria-label={t("limits.file.marks")} className={styles.marks}>
          {draft.marks.slice(0, SHOWN_MARKS).map(({ line, severity, text }) => (
            <li key={`${line} ${text}`}>
              <StatusShape tone={severity === "error" ? "bad" : "warning"} />
              {line > 0 ? t("limits.file.line", { line: formats.number(line) }) : null} {withVisibleCharacters(text)}
            </li>
          ))}
          {draft.marks.length > SHOWN_MARKS ? (
            <li>
              {t("limits.partial.more", {
                count: draft.marks.length - SHOWN_MARKS,
                more: formats.number(draft.marks.length - SHOWN_MARKS),
              })}
            </li>
          ) : null}
        </ul>
      )}
    </div>
  );
}
