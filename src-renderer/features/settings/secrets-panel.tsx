import { IconTrash } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { SecretInfo } from "../../../src-shared/api/secrets.api.ts";
import { Badge } from "../../components/badge.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { errorText } from "../../components/error-text.ts";
import { Panel } from "../../components/panel.tsx";
import { RelativeTime } from "../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { useAnswer, useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./settings-screen.module.css";

/** That secrets are there, and whether two are the same; never what they are. */
export function SecretsPanel(): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("secrets", "list", undefined);
  return (
    <Panel
      aside={data === undefined ? undefined : <Badge>{t(`app.secrets.store.${data.store}`)}</Badge>}
      flush
      title={t("app.secrets.title")}
    >
      {loading ? <LoadingView rows={2} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} />}
      {data?.store === "memory" ? (
        <PartialNotice>
          {t("app.secrets.memory")} {data.reason === undefined ? null : t.dynamic(data.reason)}
        </PartialNotice>
      ) : null}
      {data !== undefined && data.secrets.length === 0 ? (
        <EmptyView small text={t("app.secrets.emptyText")} title={t("app.secrets.empty")} />
      ) : null}
      <ul>
        {(data?.secrets ?? []).map((secret) => (
          <SecretRow key={secret.ref} secret={secret} />
        ))}
      </ul>
    </Panel>
  );
}

function SecretRow({ secret }: { readonly secret: SecretInfo }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("secrets.change");
  const remove = useChange("secrets", "remove");
  return (
    <li className={styles.secret}>
      <span className={styles.mono} title={secret.ref}>
        {secret.ref}
      </span>
      <span className={styles.mono} title={t("app.secrets.fingerprint")}>
        {secret.fingerprint}
      </span>
      <span className={styles.muted}>
        <RelativeTime atMs={secret.changedAtMs} />
      </span>
      <ConfirmButton
        confirmLabel={t("app.secrets.remove")}
        disabledReason={forbidden}
        icon={IconTrash}
        label={t("app.secrets.remove")}
        loading={remove.pending}
        onConfirm={() => remove.fire({ ref: secret.ref })}
        question={t("app.secrets.removeQuestion")}
      />
      {remove.error === undefined ? null : (
        <p className={styles.problem} role="alert">
          {errorText(t, remove.error)}
        </p>
      )}
    </li>
  );
}
