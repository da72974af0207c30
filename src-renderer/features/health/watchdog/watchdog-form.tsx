import { IconFileText } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { watchdogOptionsSchema, type WatchdogOptions } from "../../../../src-shared/model/health/watchdog.ts";
import { Button } from "../../../components/button.tsx";
import { TextField } from "../../../components/field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./watchdog.module.css";

interface WatchdogFormProps {
  readonly asking: boolean;
  readonly onGenerate: (options: WatchdogOptions) => void;
}

/** Where it shall run, and where its image is. Empty fields leave it to what is found. */
export function WatchdogForm({ asking, onGenerate }: WatchdogFormProps): ReactElement {
  const t = useTranslate();
  const [namespace, setNamespace] = useState("");
  const [image, setImage] = useState("");
  const [told, setTold] = useState(false);
  const { shape } = watchdogOptionsSchema;
  const namespaceBad = namespace.trim() !== "" && !shape.namespace.safeParse(namespace.trim()).success;
  const imageBad = image.trim() !== "" && !shape.image.safeParse(image.trim()).success;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setTold(true);
        if (namespaceBad || imageBad) return;
        onGenerate({
          ...(namespace.trim() === "" ? {} : { namespace: namespace.trim() }),
          ...(image.trim() === "" ? {} : { image: image.trim() }),
        });
      }}
    >
      <TextField
        error={told && namespaceBad ? t("watchdog.namespaceBad") : undefined}
        label={t("watchdog.namespace")}
        mono
        onChange={setNamespace}
        placeholder={t("watchdog.namespaceDefault")}
        value={namespace}
      />
      <TextField
        error={told && imageBad ? t("watchdog.imageBad") : undefined}
        label={t("watchdog.image")}
        mono
        onChange={setImage}
        placeholder="registry.example/kubemate-console:1.0.0"
        value={image}
      />
      <Button icon={IconFileText} loading={asking} type="submit">
        {t("watchdog.generate")}
      </Button>
    </form>
  );
}
