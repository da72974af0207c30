import { StorageScreen } from "../../src-renderer/features/storage/storage-screen.tsx";
import { DEFAULT_STORAGE, type StorageView } from "../../src-renderer/hooks/workspace-store.ts";
import type { FakeAnswers } from "./fake-console-client.ts";
import { renderInConsole, type ConsoleOptions, type RenderedConsole } from "./render-console.tsx";
import { LAB_SITE } from "./site-examples.ts";
import {
  aFinding,
  anOverview,
  aScan,
  DAMAGED_CHUNK,
  DR_STORE,
  MINIO_STATE,
  pageOf,
  SITE_STORE,
} from "./storage-examples.ts";

export function storageAnswers(given: FakeAnswers["storage"] = {}): NonNullable<FakeAnswers["storage"]> {
  const findings = [aFinding()];
  return {
    stores: () => Promise.resolve({ stores: [SITE_STORE, DR_STORE], problem: null }),
    overview: () => Promise.resolve(anOverview()),
    scans: () => Promise.resolve([aScan()]),
    findings: (input) => Promise.resolve(pageOf(findings, input)),
    bucketState: () => Promise.resolve(MINIO_STATE),
    inspect: () => Promise.resolve(DAMAGED_CHUNK),
    ...given,
  };
}

interface StorageScreenOptions extends Omit<ConsoleOptions, "answers" | "workspace"> {
  readonly storage?: FakeAnswers["storage"];
  readonly answers?: FakeAnswers;
  readonly view?: Partial<StorageView>;
  /** `null`: no site is open. */
  readonly site?: string | null;
}

/** The Storage screen over a door that answers as given. */
export function openStorage({
  storage,
  answers,
  view,
  site = "lab",
  ...options
}: StorageScreenOptions = {}): RenderedConsole & {
  readonly inputs: (path: string) => readonly unknown[];
} {
  const opened = renderInConsole(<StorageScreen />, {
    ...options,
    answers: {
      sites: { list: () => Promise.resolve({ sites: [LAB_SITE], problems: [] }) },
      secrets: { list: () => Promise.resolve({ secrets: [], store: "keychain" }) },
      ...answers,
      storage: storageAnswers(storage),
    },
    workspace: { screen: "storage", site, storage: { ...DEFAULT_STORAGE, ...view } },
  });
  return {
    ...opened,
    inputs: (path) => opened.client.calls.filter((call) => call.path === path).map(({ input }) => input),
  };
}
