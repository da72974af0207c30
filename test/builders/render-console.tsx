import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactElement } from "react";
import { I18nextProvider } from "react-i18next";
import type { Hello } from "../../src-shared/api/session.api.ts";
import type { Locale } from "../../src-shared/i18n/catalogue.ts";
import { ConsoleApp } from "../../src-renderer/app/console-app.tsx";
import { THEME } from "../../src-renderer/app/theme.ts";
import { ArchiveOpeningContext, type ArchiveOpening } from "../../src-renderer/hooks/archive-opening.ts";
import { CommandContext, createCommandStore, type CommandStore } from "../../src-renderer/hooks/commands.ts";
import { createFormats } from "../../src-renderer/hooks/formats.ts";
import { createI18n } from "../../src-renderer/hooks/create-i18n.ts";
import { PreferencesContext, type Preferences } from "../../src-renderer/hooks/preferences.ts";
import { createStatusLineStore, StatusLineContext } from "../../src-renderer/hooks/status-line.ts";
import { StandingContext } from "../../src-renderer/hooks/use-permission.ts";
import {
  createWorkspaceStore,
  WorkspaceContext,
  type Workspace,
  type WorkspaceStore,
} from "../../src-renderer/hooks/workspace-store.ts";
import { createQueryClient } from "../../src-renderer/rpc/query-client.ts";
import { RpcProvider } from "../../src-renderer/rpc/rpc-context.tsx";
import { createFakeConsoleClient, HELLO, type FakeAnswers, type FakeConsoleClient } from "./fake-console-client.ts";

export interface ConsoleOptions {
  readonly answers?: FakeAnswers;
  readonly hello?: Partial<Hello> | null;
  readonly workspace?: Partial<Workspace>;
  readonly locale?: Locale;
}

/** What was asked to be opened, in order. */
export type OpenedPaths = { readonly how: "open" | "confirm"; readonly paths: readonly string[] }[];

export interface RenderedConsole extends RenderResult {
  readonly client: FakeConsoleClient;
  /** Of `renderInConsole`: what the component asked to open. `renderConsole` opens for real, by the client. */
  readonly opened: OpenedPaths;
  readonly workspace: WorkspaceStore;
  readonly commands: CommandStore;
}

function parts(options: ConsoleOptions) {
  const hello = options.hello === null ? null : { ...HELLO, ...options.hello };
  return {
    hello: hello ?? HELLO,
    client: createFakeConsoleClient(options.answers ?? {}, hello),
    workspace: createWorkspaceStore(options.workspace),
    commands: createCommandStore(),
    translator: createI18n(options.locale ?? "en"),
  };
}

/** A component inside everything the frame gives its screens, over a fake door. */
export function renderInConsole(element: ReactElement, options: ConsoleOptions = {}): RenderedConsole {
  const { hello, client, workspace, commands, translator } = parts(options);
  const opened: OpenedPaths = [];
  const opening: ArchiveOpening = {
    openPaths: (paths) => opened.push({ how: "open", paths }),
    confirmPaths: (paths) => opened.push({ how: "confirm", paths }),
    openFiles: () => undefined,
    choose: () => undefined,
    hasFolderDialog: false,
    forbidden: undefined,
  };
  const locale = options.locale ?? "en";
  const preferences: Preferences = {
    theme: "system",
    language: locale,
    timeZone: "utc",
    colorScheme: "dark",
    locale,
    formats: createFormats(locale, "utc"),
    setTheme: () => undefined,
    setLanguage: () => undefined,
    setTimeZone: () => undefined,
  };
  const result = render(
    <QueryClientProvider client={createQueryClient(client.connection)}>
      <RpcProvider client={client}>
        <I18nextProvider i18n={translator}>
          <PreferencesContext value={preferences}>
            <StandingContext value={hello}>
              <WorkspaceContext value={workspace}>
                <CommandContext value={commands}>
                  <StatusLineContext value={createStatusLineStore()}>
                    <ArchiveOpeningContext value={opening}>
                      <MantineProvider env="test" theme={THEME}>
                        {element}
                      </MantineProvider>
                    </ArchiveOpeningContext>
                  </StatusLineContext>
                </CommandContext>
              </WorkspaceContext>
            </StandingContext>
          </PreferencesContext>
        </I18nextProvider>
      </RpcProvider>
    </QueryClientProvider>,
  );
  return { ...result, client, workspace, commands, opened };
}

/** The whole window over a fake door. */
export function renderConsole(options: ConsoleOptions = {}): RenderedConsole {
  const { client, workspace, commands, translator } = parts(options);
  const result = render(
    <ConsoleApp
      client={client}
      commands={commands}
      queries={createQueryClient(client.connection)}
      statusLine={createStatusLineStore()}
      translator={translator}
      workspace={workspace}
    />,
  );
  return { ...result, client, workspace, commands, opened: [] };
}
