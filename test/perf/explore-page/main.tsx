import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@mantine/core/styles.layer.css";
import "@mantine/dates/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "../../../src-renderer/styles/tokens.css";
import "../../../src-renderer/styles/global.css";
import "../../../src-renderer/styles/mantine.css";
import { createRoot } from "react-dom/client";
import { ConsoleApp } from "../../../src-renderer/app/console-app.tsx";
import { createCommandStore } from "../../../src-renderer/hooks/commands.ts";
import { createI18n } from "../../../src-renderer/hooks/create-i18n.ts";
import { createStatusLineStore } from "../../../src-renderer/hooks/status-line.ts";
import { createWorkspaceStore } from "../../../src-renderer/hooks/workspace-store.ts";
import { createQueryClient } from "../../../src-renderer/rpc/query-client.ts";
import { explorePageClient } from "./page-client.ts";
import { SCENARIOS, scenarioLogs } from "./scenarios.ts";

// Explore over a fake core in the page itself: for the benchmark and for looking at it. The address says what is shown:
// `?scenario=million&query={app="payments"}&theme=dark&lang=en`.
const wanted = new URLSearchParams(window.location.search);
const scenario = SCENARIOS.find((name) => name === wanted.get("scenario")) ?? "million";
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root element");

const logs = scenarioLogs(scenario);
const client = explorePageClient(logs, {
  theme: wanted.get("theme") ?? "dark",
  language: wanted.get("lang") ?? "en",
});
const live = scenario === "tail" || scenario === "fast-tail";
const query = scenario === "start" ? "" : (wanted.get("query") ?? '{app="payments"} |= "timeout"');
const workspace = createWorkspaceStore({
  site: "lab",
  tenant: "acme-bank",
  query,
  runs: query === "" ? 0 : 1,
  live,
  ...(scenario === "health" ? { screen: "health" } : {}),
});

createRoot(root).render(
  <ConsoleApp
    client={client}
    commands={createCommandStore()}
    queries={createQueryClient(client.connection)}
    statusLine={createStatusLineStore()}
    translator={createI18n("en")}
    workspace={workspace}
  />,
);
Object.assign(window, { explorePage: { logs, workspace } });
