import type { ReactElement } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/panel.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useConnection } from "../../rpc/rpc-context.tsx";

/** Which build this is and where it keeps its things. */
export function AboutPanel({ file }: { readonly file: string | undefined }): ReactElement {
  const t = useTranslate();
  const hello = useConnection((state) => state.hello);
  const facts =
    hello === null
      ? []
      : [
          { label: t("app.about.version"), value: hello.version, mono: true },
          { label: t("app.about.shell"), value: t(`app.about.shell.${hello.shell}`) },
          { label: t("app.about.platform"), value: hello.platform, mono: true },
          { label: t("app.about.principal"), value: hello.principal },
          { label: t("app.about.profile"), value: hello.profileDirectory, mono: true },
          ...(file === undefined ? [] : [{ label: t("app.about.file"), value: file, mono: true }]),
          { label: t("app.about.licence"), value: "Apache-2.0" },
        ];
  const text =
    hello === null
      ? ""
      : `Kubemate Console ${hello.version}\n${hello.shell}, ${hello.platform}\n${navigator.userAgent}\n`;
  return (
    <Panel actions={<CopyButton label={t("app.about.copy")} text={text} />} title={t("app.about.title")}>
      <Facts facts={facts} />
    </Panel>
  );
}
