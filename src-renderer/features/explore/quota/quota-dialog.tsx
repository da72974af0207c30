import { Modal } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState, type FormEvent, type ReactElement } from "react";
import { spendingSchema, type Spending } from "../../../../src-shared/model/tenants/quota.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Facts } from "../../../components/facts.tsx";
import { TextField } from "../../../components/field.tsx";
import { usedShareText } from "../../../components/quota-meter.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import type { QuotaRefusal } from "./quota-refusal.ts";
import styles from "./quota.module.css";

interface QuotaDialogProps {
  /** `null` closes it. */
  readonly refusal: QuotaRefusal | null;
  /** Runs the query again with a reason. */
  readonly onRun: (spending: Spending) => void;
  readonly onCancel: () => void;
}

/** Stands between a query and a quota that is used up: whose it is, how much is gone, and the way past with a reason. */
export function QuotaDialog({ refusal, onRun, onCancel }: QuotaDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw a typed reason away.
      closeOnClickOutside={false}
      onClose={onCancel}
      opened={refusal !== null}
      // The focus goes to the query bar, wherever it was before.
      returnFocus={false}
      size={520}
      title={refusal === null ? "" : t(`usage.refusal.${refusal.kind}`)}
      transitionProps={{ duration: 0 }}
    >
      {refusal === null ? null : <RefusalForm key={refusal.kind} onCancel={onCancel} onRun={onRun} refusal={refusal} />}
    </Modal>
  );
}

interface RefusalFormProps extends QuotaDialogProps {
  readonly refusal: QuotaRefusal;
}

function RefusalForm({ refusal, onRun, onCancel }: RefusalFormProps): ReactElement {
  const t = useTranslate();
  const mayNotOverride = useForbidden("usage.override");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const override = refusal.kind === "stopped";
  const refused = override ? mayNotOverride : undefined;
  const spending = spendingSchema.safeParse({ reason, override });
  const problem = tried && !spending.success ? t("usage.refusal.reasonProblem") : undefined;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (refused === undefined && spending.success) onRun(spending.data);
  };
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit}>
      <p>{t(`usage.refusal.${refusal.kind}Text`)}</p>
      <RefusalFacts refusal={refusal} />
      {refused === undefined ? (
        <TextField
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog's own field, which its focus trap goes to
          autoFocus
          description={t("usage.refusal.recorded")}
          error={problem}
          label={t(override ? "usage.refusal.overrideReason" : "usage.refusal.reason")}
          onChange={setReason}
          required
          value={reason}
        />
      ) : (
        <div className={styles.muted}>
          <p>{refused}</p>
          <p>{t("usage.refusal.otherWays")}</p>
        </div>
      )}
      <div className={styles.actions}>
        <Button disabledReason={refused} icon={IconPlayerPlay} tone={override ? "danger" : "primary"} type="submit">
          {t(override ? "usage.refusal.override" : "usage.refusal.run")}
        </Button>
        <Button onClick={onCancel} tone="quiet">
          {t("usage.refusal.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** `Tenant payments, a month`. */
function whoseText({ scope, name, period }: QuotaRefusal, t: Translate): string {
  const named = scope === "role" ? t.dynamic(`roles.${name}`, {}, name) : withVisibleCharacters(name);
  return t("usage.refusal.whoseText", {
    kind: t(`usage.quota.kind.${scope}`),
    name: named,
    period: t(`usage.refusal.per.${period}`),
  });
}

function RefusalFacts({ refusal }: { readonly refusal: QuotaRefusal }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { kind, used, limit, estimate } = refusal;
  const exact = (bytes: number, text: string): ReactElement => <span title={formats.bytesExact(bytes)}>{text}</span>;
  return (
    <Facts
      facts={[
        { label: t("usage.refusal.whose"), value: whoseText(refusal, t) },
        {
          label: t(kind === "stopped" ? "usage.quota.hard" : "usage.quota.limit"),
          value: exact(limit, formats.bytes(limit)),
        },
        {
          label: t("usage.refusal.used"),
          value: exact(used, `${formats.bytes(used)} (${usedShareText(used, limit, formats)})`),
        },
        {
          label: t("usage.refusal.estimate"),
          value: estimate === 0 ? t("usage.refusal.noEstimate") : exact(estimate, formats.bytes(estimate)),
        },
      ]}
    />
  );
}
