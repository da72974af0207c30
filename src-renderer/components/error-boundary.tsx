import { IconBug, IconRefresh } from "@tabler/icons-react";
import { Component, type ErrorInfo, type ReactElement, type ReactNode } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import styles from "./error-boundary.module.css";

interface Failure {
  readonly reference: string;
  readonly report: string;
}

interface ErrorBoundaryProps {
  readonly onFailure?: (report: string) => void;
  readonly children: ReactNode;
}

function newReference(): string {
  return `w-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? "0"}`;
}

/**
 * A bug in a part of the window: that part says so with a reference, the rest goes on. Give it a `key`
 * that changes when the person goes elsewhere: the failure is then behind them.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly failure: Failure | null }> {
  override state: { readonly failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    const reference = newReference();
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { failure: { reference, report: `${reference}\n${text}` } };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    const { failure } = this.state;
    if (failure === null) return;
    const report = `${failure.report}\n${info.componentStack ?? ""}`;
    this.setState({ failure: { ...failure, report } });
    this.props.onFailure?.(report);
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return <BugView failure={failure} onAgain={() => this.setState({ failure: null })} />;
  }
}

function BugView({ failure, onAgain }: { readonly failure: Failure; readonly onAgain: () => void }): ReactElement {
  const t = useTranslate();
  return (
    <div className={styles.view} role="alert">
      <IconBug aria-hidden className={styles.icon} size={24} stroke={1.5} />
      <h2 className={styles.title}>{t("app.bug.title")}</h2>
      <p className={styles.text}>{t("app.bug.text")}</p>
      <p className={styles.reference}>
        {t("app.errorReference")} <code>{failure.reference}</code>
        <CopyButton label={t("app.bug.copy")} text={failure.report} />
      </p>
      <div className={styles.actions}>
        <Button icon={IconRefresh} onClick={onAgain} tone="primary">
          {t("app.bug.again")}
        </Button>
        <Button onClick={() => window.location.reload()}>{t("app.reload")}</Button>
      </div>
      <details className={styles.details}>
        <summary>{t("app.bug.details")}</summary>
        <pre>{failure.report}</pre>
      </details>
    </div>
  );
}
