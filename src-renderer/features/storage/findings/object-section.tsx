import { IconMicroscope } from "@tabler/icons-react";
import { useCallback, type ReactElement } from "react";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import { useAsk } from "../../../hooks/use-ask.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { useStorageView } from "../storage-context.ts";
import { ChunkView } from "./chunk-view.tsx";
import styles from "./finding-drawer.module.css";
import { IndexView } from "./index-view.tsx";

/** No chunk or index file is there by its key: there is nothing to look into. */
const NOT_INSPECTED: ReadonlySet<StorageFinding["kind"]> = new Set(["missing-chunk", "missing-index-of-day"]);

/** What is in the object. It is read when a person says so: the bytes are a tenant's logs, and each look is recorded. */
export function ObjectSection({ finding }: { readonly finding: StorageFinding }): ReactElement | null {
  const t = useTranslate();
  const { api } = useRpc();
  const { store } = useStorageView();
  const forbidden = useForbidden("storage.scan");
  const { data, error, pending, ask } = useAsk(
    useCallback(
      (signal: AbortSignal) => api.storage.inspect({ store: store.id, key: finding.key }, { signal }),
      [api, store.id, finding.key],
    ),
  );
  if (NOT_INSPECTED.has(finding.kind)) return null;
  return (
    <section aria-busy={pending || undefined} className={styles.section}>
      <h3 className={styles.heading}>{t("storage.object")}</h3>
      {data === undefined ? (
        <>
          <p className={styles.muted}>{t("storage.object.text")}</p>
          <div className={styles.actions}>
            <Button disabledReason={forbidden} icon={IconMicroscope} loading={pending} onClick={ask}>
              {t("storage.object.inspect")}
            </Button>
          </div>
        </>
      ) : null}
      {pending && data === undefined ? <LoadingView rows={6} /> : null}
      {error === undefined ? null : <ErrorPanel error={error} onRetry={ask} title={t("storage.object.failed")} />}
      {data === undefined ? null : data.kind === "chunk" ? <ChunkView chunk={data} /> : <IndexView index={data} />}
    </section>
  );
}
