import { useState, type FormEvent, type ReactElement } from "react";
import { LOKI_ROLES, type Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { Drawer } from "../../components/drawer.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Facts } from "../../components/facts.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { CommonFields } from "./common-fields.tsx";
import {
  draftFromKubernetes,
  kubernetesFromDraft,
  kubernetesProblems,
  type KubernetesConfig,
  type KubernetesDraft,
  type KubernetesField,
} from "./kubernetes-site-draft.ts";
import styles from "./site-form.module.css";

interface KubernetesSiteDrawerProps {
  readonly site: Site;
  readonly onClose: () => void;
}

export function KubernetesSiteDrawer({ site, onClose }: KubernetesSiteDrawerProps): ReactElement | null {
  if (site.config.kind !== "kubernetes") return null;
  return <KubernetesForm config={site.config} onClose={onClose} site={site} />;
}

interface KubernetesFormProps extends KubernetesSiteDrawerProps {
  readonly config: KubernetesConfig;
}

/** What discovery finds can be overridden by hand, all of it; the kubeconfig itself is never written. */
function KubernetesForm({ site, config, onClose }: KubernetesFormProps): ReactElement {
  const t = useTranslate();
  const [draft, setDraft] = useState(() => draftFromKubernetes(config));
  const [tried, setTried] = useState(false);
  const forbidden = useForbidden("sites.change");
  const save = useChange("sites", "save");

  const problems = kubernetesProblems(draft);
  const problemOf = (field: KubernetesField): string | undefined => {
    const problem = problems[field];
    return tried && problem !== undefined ? t(`app.form.problem.${problem}`) : undefined;
  };
  const change = (part: Partial<KubernetesDraft>): void => setDraft({ ...draft, ...part });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    // The rejection is shown from `save.error`.
    save.run({ site: site.id, config: kubernetesFromDraft(config, draft) }).then(onClose, () => undefined);
  };

  return (
    <Drawer initialWidth={480} onClose={onClose} title={t("app.form.editTitle", { site: site.name })}>
      <form className={styles.form} noValidate onSubmit={onSubmit}>
        <Facts
          facts={[
            { label: t("app.form.kubeconfig"), value: config.file, mono: true },
            { label: t("app.form.context"), value: config.context, mono: true },
          ]}
        />
        <p className={styles.note}>{t("app.form.overridesHelp")}</p>
        <TextField
          label={t("app.form.name")}
          onChange={(name) => change({ name })}
          placeholder={config.context}
          value={draft.name}
        />
        <TextField
          error={problemOf("namespace")}
          label={t("app.form.namespace")}
          mono
          onChange={(namespace) => change({ namespace })}
          placeholder={t("app.form.found")}
          value={draft.namespace}
        />
        <div className={styles.pair}>
          <SelectField
            choices={(["auto", "proxy", "port-forward"] as const).map((value) => ({
              value,
              label: t(`app.form.access.${value}`),
            }))}
            label={t("app.form.access")}
            onChange={(access) => change({ access })}
            value={draft.access}
          />
          <SelectField
            choices={(["auto", "http", "https"] as const).map((value) => ({
              value,
              label: value === "auto" ? t("app.form.scheme.auto") : value,
            }))}
            label={t("app.form.scheme")}
            onChange={(scheme) => change({ scheme })}
            value={draft.scheme}
          />
        </div>
        <TextField
          error={problemOf("pathPrefix")}
          label={t("app.form.pathPrefix")}
          mono
          onChange={(pathPrefix) => change({ pathPrefix })}
          placeholder="/loki"
          value={draft.pathPrefix}
        />
        <h3 className={styles.section}>{t("app.form.routesSection")}</h3>
        <p className={styles.note}>{t("app.form.routesHelp")}</p>
        {LOKI_ROLES.map((role) => (
          <TextField
            error={problemOf(`route.${role}`)}
            key={role}
            label={t(`app.form.route.${role}`)}
            mono
            onChange={(route) => change({ routes: { ...draft.routes, [role]: route } })}
            placeholder={t("app.form.found")}
            value={draft.routes[role]}
          />
        ))}
        <h3 className={styles.section}>{t("app.form.moreSection")}</h3>
        <CommonFields
          draft={draft}
          inCluster
          onChange={change}
          problems={{
            tenants: problemOf("tenants"),
            traceLinks: problemOf("traceLinks"),
            prometheus: problemOf("prometheus"),
          }}
        />
        {save.error === undefined ? null : <ErrorPanel error={save.error} title={t("app.form.saveFailed")} />}
        <div className={styles.actions}>
          <Button disabledReason={forbidden} loading={save.pending} tone="primary" type="submit">
            {t("app.form.save")}
          </Button>
          <Button onClick={onClose} tone="quiet">
            {t("app.form.cancel")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
