import { Modal } from "@mantine/core";
import { useEffect, useState, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { AssumptionsForm } from "./assumptions-form.tsx";
import styles from "./opening-dialog.module.css";
import type { OpeningSession, OpeningSnapshot } from "./opening-session.ts";

/** What opens faster than this shows no dialog. */
const QUIET_MS = 300;
/** Names that are listed; of more their number is told. */
const LISTED = 8;

interface OpeningDialogProps {
  readonly session: OpeningSession;
  readonly snapshot: OpeningSnapshot;
}

/** How an opening goes: what a link asks for, how far an upload is, what must be known first, why it failed. */
export function OpeningDialog({ session, snapshot }: OpeningDialogProps): ReactElement {
  const t = useTranslate();
  const { phase } = snapshot;
  const shown = useShown(phase);
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw an upload or a filled form away.
      closeOnClickOutside={phase === "failed"}
      onClose={() => session.cancel()}
      opened={shown}
      size={560}
      title={dialogTitle(t, snapshot)}
    >
      <div ref={focusWanted} key={phase}>
        <Body session={session} snapshot={snapshot} />
      </div>
    </Modal>
  );
}

function dialogTitle(t: Translate, snapshot: OpeningSnapshot): string {
  if (snapshot.phase === "idle") return "";
  // Nothing was asked: the person wants to say more.
  if (snapshot.phase === "questions" && snapshot.questions.length === 0) return t("archives.opening.confirm");
  return t(`archives.opening.${snapshot.phase}`);
}

/** One dialog goes through all of it: each step puts the focus where its answer begins. */
function focusWanted(body: HTMLElement | null): void {
  const wanted = body?.querySelector("[data-autofocus]");
  if (wanted instanceof HTMLElement) wanted.focus();
}

/** Whether the dialog is open: at once where it has something to ask or tell, late where it only says that it works. */
function useShown(phase: OpeningSnapshot["phase"]): boolean {
  const [late, setLate] = useState(false);
  const waits = phase === "opening";
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waits]);
  return waits ? late : phase !== "idle";
}

function Body({ session, snapshot }: OpeningDialogProps): ReactElement | null {
  const t = useTranslate();
  switch (snapshot.phase) {
    case "idle":
      return null;
    case "confirm":
      return (
        <AssumptionsForm
          assumptions={{}}
          intro={
            <>
              <p>{t("archives.confirm.text", { count: snapshot.names.length })}</p>
              <Names names={snapshot.names} whole />
            </>
          }
          key={snapshot.names.join("\n")}
          onAnswer={(assumptions) => void session.answer(assumptions)}
          onCancel={() => session.cancel()}
          questions={[]}
        />
      );
    case "questions":
      return (
        <AssumptionsForm
          assumptions={snapshot.assumptions}
          intro={
            snapshot.questions.length === 0 ? <Names names={snapshot.names} /> : <p>{t("archives.questions.text")}</p>
          }
          onAnswer={(assumptions) => void session.answer(assumptions)}
          onCancel={() => session.cancel()}
          questions={snapshot.questions}
          unfolded={snapshot.questions.length === 0}
        />
      );
    case "uploading":
      return <Uploading session={session} snapshot={snapshot} />;
    case "opening":
      return (
        <div className={styles.body}>
          <output className={styles.working}>
            <StatusShape tone="working" />
            {t("archives.opening.text")}
          </output>
          <Names names={snapshot.names} />
          <CancelAction onCancel={() => session.cancel()} />
        </div>
      );
    case "failed":
      return (
        <div className={styles.body}>
          <Names names={snapshot.names} />
          <ErrorPanel error={snapshot.error} onRetry={() => void session.retry()} />
          <div className={styles.actions}>
            <Button data-autofocus onClick={() => session.cancel()}>
              {t("app.close")}
            </Button>
            {snapshot.canChange ? (
              <Button onClick={() => session.changeAnswers()} tone="quiet">
                {t("archives.openWith")}
              </Button>
            ) : null}
          </div>
        </div>
      );
  }
}

function Uploading({
  session,
  snapshot,
}: {
  readonly session: OpeningSession;
  readonly snapshot: Extract<OpeningSnapshot, { readonly phase: "uploading" }>;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { doneBytes, totalBytes } = snapshot.progress;
  return (
    <div className={styles.body}>
      <Names names={snapshot.names} />
      <ProgressBar
        fraction={totalBytes === 0 ? null : doneBytes / totalBytes}
        label={t("archives.opening.uploading")}
      />
      <p className={styles.muted}>
        {t("archives.upload.progress", { done: formats.bytes(doneBytes), total: formats.bytes(totalBytes) })}
      </p>
      <CancelAction onCancel={() => session.cancel()} />
    </div>
  );
}

/** Paths and file names are text of others, with what is hidden in them made visible. `whole`: none is left out. */
function Names({
  names,
  whole = false,
}: {
  readonly names: readonly string[];
  readonly whole?: boolean;
}): ReactElement {
  const t = useTranslate();
  const listed = whole ? names.length : LISTED;
  return (
    <ul className={styles.names}>
      {names.slice(0, listed).map((name, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two files may have one name
        <li key={place}>{withVisibleCharacters(name)}</li>
      ))}
      {names.length > listed ? (
        <li className={styles.more}>{t("archives.opening.more", { count: names.length - listed })}</li>
      ) : null}
    </ul>
  );
}

function CancelAction({ onCancel }: { readonly onCancel: () => void }): ReactElement {
  const t = useTranslate();
  return (
    <div className={styles.actions}>
      <Button data-autofocus onClick={onCancel}>
        {t("app.form.cancel")}
      </Button>
    </div>
  );
}
