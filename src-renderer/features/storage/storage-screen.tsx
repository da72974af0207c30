import { IconDatabase, IconPlus } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Store } from "../../../src-shared/model/storage/store.ts";
import { Button } from "../../components/button.tsx";
import { Screen } from "../../components/screen.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useCurrentSite } from "../../hooks/use-sites.ts";
import { useStores } from "../../hooks/use-stores.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { discoveryText } from "./stores/discovery-text.ts";
import { StoreDialog, type StoreSubject } from "./stores/store-dialog.tsx";
import { StorePicker } from "./stores/store-picker.tsx";
import { StoreScreen } from "./store-screen.tsx";
import styles from "./storage-screen.module.css";

/** Whether what is stored is whole, and how to get it back where it is not. */
export function StorageScreen(): ReactElement {
  const t = useTranslate();
  const { site, id } = useCurrentSite();
  const sites = useAnswer("sites", "list", undefined);
  // An address may name a site that is not known yet: what is found there is asked for once it is.
  const asked = sites.data === undefined && id !== null ? undefined : (site?.id ?? null);
  const { data, error, asking, ask } = useStores(asked);
  const chosen = useWorkspace((state) => state.storage.store);
  const showStorage = useWorkspace((state) => state.showStorage);
  const forbidden = useForbidden("sites.change");
  const [subject, setSubject] = useState<StoreSubject | null>(null);
  const stores = data?.stores ?? [];
  const store = chosenStore(stores, chosen);
  const add = (
    <Button
      disabledReason={forbidden}
      icon={IconPlus}
      onClick={() => setSubject({ kind: "add" })}
      tone={stores.length === 0 ? "primary" : "default"}
    >
      {t("storage.store.add")}
    </Button>
  );
  const problem = data?.problem ?? null;
  // One that was saved just now is in the next answer.
  const waiting = data === undefined ? error === undefined : store === undefined && asking;
  const dialog = (
    <StoreDialog
      onClose={() => setSubject(null)}
      onSaved={(saved) => {
        setSubject(null);
        ask();
        showStorage({ store: saved, scan: null, finding: null });
      }}
      site={site?.id ?? null}
      stores={stores}
      subject={subject}
    />
  );
  if (store !== undefined) {
    return (
      <>
        <StoreScreen
          editStore={() => setSubject({ kind: "edit", store })}
          key={store.id}
          notice={
            problem === null || stores.some(({ found }) => found) ? null : (
              <div className={styles.notice}>
                <PartialNotice>{discoveryText(t, problem)}</PartialNotice>
              </div>
            )
          }
          picker={
            <StorePicker
              onAdd={() => setSubject({ kind: "add" })}
              onEdit={() => setSubject({ kind: "edit", store })}
              onPick={(next) => showStorage({ store: next, scan: null, finding: null })}
              siteName={site?.name ?? null}
              store={store}
              stores={stores}
            />
          }
          store={store}
          stores={stores}
        />
        {dialog}
      </>
    );
  }
  return (
    <Screen title={t("app.screen.storage")}>
      {waiting ? <LoadingView rowHeight={32} rows={8} /> : null}
      {error === undefined || data !== undefined ? null : (
        <FailedView actions={add} error={error} onRetry={ask} title={t("storage.store.failed")} />
      )}
      {data === undefined || waiting ? null : chosen !== null && stores.length > 0 ? (
        <EmptyView
          actions={
            <Button onClick={() => showStorage({ store: null, scan: null, finding: null })} tone="primary">
              {t("storage.store.showFirst")}
            </Button>
          }
          icon={IconDatabase}
          text={t("storage.store.unknownText")}
          title={t("storage.store.unknown", { store: chosen })}
        />
      ) : (
        <EmptyView
          actions={add}
          icon={IconDatabase}
          text={problem === null ? t("storage.store.emptyText") : discoveryText(t, problem)}
          title={t("storage.store.empty")}
        />
      )}
      {dialog}
    </Screen>
  );
}

/** The one in the address; where it names none, the site's own or the first that was entered. */
function chosenStore(stores: readonly Store[], chosen: string | null): Store | undefined {
  if (chosen !== null) return stores.find(({ id }) => id === chosen);
  return stores.find(({ found }) => found) ?? stores[0];
}
