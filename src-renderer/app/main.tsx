import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@mantine/core/styles.layer.css";
import "@mantine/dates/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "../styles/fonts.css";
import "../styles/tokens.css";
import "../styles/global.css";
import "../styles/mantine.css";
import { createRoot } from "react-dom/client";
import { localeFor } from "../../src-shared/i18n/catalogue.ts";
import { createCommandStore } from "../hooks/commands.ts";
import { createI18n } from "../hooks/create-i18n.ts";
import { createStatusLineStore } from "../hooks/status-line.ts";
import { createWorkspaceStore } from "../hooks/workspace-store.ts";
import { connectPage } from "../rpc/connect-page.ts";
import { createQueryClient } from "../rpc/query-client.ts";
import { ConsoleApp } from "./console-app.tsx";
import { preloadScreen } from "./stage.tsx";
import { parseWorkspaceLink } from "./workspace-url.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root element");

const client = connectPage();
const { workspace } = parseWorkspaceLink(window.location.hash);
preloadScreen(workspace.screen);

createRoot(root).render(
  <ConsoleApp
    client={client}
    commands={createCommandStore()}
    queries={createQueryClient(client.connection)}
    statusLine={createStatusLineStore()}
    translator={createI18n(localeFor(document.documentElement.lang))}
    workspace={createWorkspaceStore({ ...workspace, runs: workspace.query === "" ? 0 : 1 })}
  />,
);
