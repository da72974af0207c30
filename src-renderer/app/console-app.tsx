import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import type { i18n } from "i18next";
import { useCallback, type ReactElement, type ReactNode } from "react";
import { I18nextProvider } from "react-i18next";
import { useStore } from "zustand";
import { PROTOCOL_VERSION, type Hello } from "../../src-shared/api/session.api.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import { ErrorBoundary } from "../components/error-boundary.tsx";
import { CommandContext, type CommandStore } from "../hooks/commands.ts";
import { usePreferences } from "../hooks/preferences.ts";
import { StatusLineContext, type StatusLineStore } from "../hooks/status-line.ts";
import { useAnswer, useChange } from "../hooks/use-answer.ts";
import { useFailureNotice } from "../hooks/use-notice.tsx";
import { StandingContext } from "../hooks/use-permission.ts";
import { WorkspaceContext, type WorkspaceStore } from "../hooks/workspace-store.ts";
import type { ConnectionState } from "../rpc/connection-state.ts";
import type { ConsoleClient } from "../rpc/console-client.ts";
import { RpcProvider } from "../rpc/rpc-context.tsx";
import { styleNonce } from "../rpc/style-nonce.ts";
import { ArchiveOpeningProvider } from "./archive-opening-provider.tsx";
import { ConnectingView, IncompatibleView, UnreachableView } from "./connection-views.tsx";
import { Frame } from "./frame.tsx";
import { PreferencesProvider } from "./preferences-provider.tsx";
import { THEME } from "./theme.ts";

export interface ConsoleAppProps {
  readonly client: ConsoleClient;
  readonly queries: QueryClient;
  readonly translator: i18n;
  readonly workspace: WorkspaceStore;
  readonly commands: CommandStore;
  readonly statusLine: StatusLineStore;
}

/** The whole window, with everything it stands on passed in. */
export function ConsoleApp({
  client,
  queries,
  translator,
  workspace,
  commands,
  statusLine,
}: ConsoleAppProps): ReactElement {
  return (
    <QueryClientProvider client={queries}>
      <RpcProvider client={client}>
        <I18nextProvider i18n={translator}>
          <WorkspaceContext value={workspace}>
            <CommandContext value={commands}>
              <StatusLineContext value={statusLine}>
                <Session client={client} translator={translator} />
              </StatusLineContext>
            </CommandContext>
          </WorkspaceContext>
        </I18nextProvider>
      </RpcProvider>
    </QueryClientProvider>
  );
}

function Session({ client, translator }: Pick<ConsoleAppProps, "client" | "translator">): ReactElement {
  const connection = useStore(client.connection);
  // Asked again when the session changes (role, read-only); the answer of the handshake serves until then.
  const asked = useAnswer("session", "hello", connection.hello === null ? null : { protocol: PROTOCOL_VERSION });
  const hello = asked.data ?? connection.hello;
  const settings = useAnswer("settings", "list", hello === null ? null : undefined);
  const store = useChange("settings", "set");
  const { fire } = store;
  useFailureNotice(store.error);
  const onStore = useCallback((key: string, value: string) => fire({ key, value }), [fire]);
  const mayStore = hello !== null && decide(hello, "settings.change").allowed;

  return (
    <PreferencesProvider
      onStore={mayStore ? onStore : undefined}
      settings={settings.data?.settings}
      translator={translator}
    >
      <Look>
        <ErrorBoundary>
          <Gate connection={connection} hello={hello} />
        </ErrorBoundary>
      </Look>
    </PreferencesProvider>
  );
}

const nonceOfPage = (): string => styleNonce();

/** Mantine without the `style` elements that it would write into the page: `styles/mantine.css` says the same. */
function Look({ children }: { readonly children: ReactNode }): ReactElement {
  const { colorScheme } = usePreferences();
  return (
    <MantineProvider
      forceColorScheme={colorScheme}
      getStyleNonce={nonceOfPage}
      theme={THEME}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Notifications limit={4} position="bottom-right" transitionDuration={0} />
      {children}
    </MantineProvider>
  );
}

function Gate({
  connection,
  hello,
}: {
  readonly connection: ConnectionState;
  readonly hello: Hello | null;
}): ReactElement {
  if (connection.state === "incompatible") return <IncompatibleView error={connection.error} />;
  if (hello === null) {
    return connection.state === "lost" && connection.error !== null ? (
      <UnreachableView error={connection.error} />
    ) : (
      <ConnectingView />
    );
  }
  return (
    <StandingContext value={hello}>
      <ArchiveOpeningProvider>
        <Frame connection={connection} shell={hello.shell} version={hello.version} />
      </ArchiveOpeningProvider>
    </StandingContext>
  );
}
