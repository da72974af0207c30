import type { ConsoleClient } from "../../../src-renderer/rpc/console-client.ts";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { createFakeConsoleClient } from "../../builders/fake-console-client.ts";
import type { FakeLogs } from "../../builders/fake-logs-client.ts";
import { largeBoard, largeTopology } from "../../builders/large-health.ts";

interface PageLook {
  readonly theme: string;
  readonly language: string;
}

const LAB: Site = {
  id: siteIdSchema.parse("lab"),
  name: "Lab",
  kind: "lab",
  origin: "built in",
  state: "ready",
  current: true,
  config: { kind: "lab", traceLinks: [{ field: "trace_id", url: "https://tempo.example/trace/{value}" }] },
};

function setting(key: string, value: string): Setting {
  return {
    key,
    group: "appearance",
    kind: "string",
    value,
    defaultValue: value,
    source: "user",
    locked: false,
    restart: false,
  };
}

/** Pods of the board that the page's health shows. */
const PODS = 600;

/** The whole door of a page with one site and one tenant; its logs are the fake's. */
export function explorePageClient(logs: FakeLogs, look: PageLook): ConsoleClient {
  const settings = [
    setting("appearance.theme", look.theme),
    setting("appearance.language", look.language),
    setting("appearance.timeZone", "utc"),
  ];
  const stored = [
    '{app="payments"} |= "timeout"',
    '{namespace="core-banking"} | logfmt | latency_ms > 500',
    '{app="ledger"}',
  ].map((query, index) => ({
    id: `q${index}`,
    query,
    site: "lab",
    tenant: "acme-bank",
    usedAtMs: 1_763_633_000_000 - index * 600_000,
    uses: 3 - index,
  }));
  const client = createFakeConsoleClient({
    settings: {
      list: () => Promise.resolve({ settings, file: "settings.json" }),
      set: ({ key, value }) => Promise.resolve(setting(key, String(value))),
    },
    sites: {
      list: () => Promise.resolve({ sites: [LAB], lastUsed: LAB.id, problems: [] }),
      use: () => Promise.resolve(LAB),
      tenants: () => Promise.resolve({ tenants: [{ tenant: "acme-bank", from: "lab" }], multiTenant: true }),
      components: () => Promise.resolve({ components: [], namespace: "loki" }),
    },
    queries: {
      list: ({ kind }) =>
        Promise.resolve(
          kind === "recent" ? stored : stored.slice(1, 2).map((one) => ({ ...one, name: "Slow requests" })),
        ),
    },
    jobs: { list: () => Promise.resolve([]) },
    health: {
      watch: (_input, observer) => {
        queueMicrotask(() => observer.onData({ ...largeBoard(PODS), site: LAB.id }));
        return { unsubscribe: () => undefined };
      },
      topology: () => Promise.resolve(largeTopology()),
    },
  });
  return { ...client, api: { ...client.api, logs: logs.client } };
}
