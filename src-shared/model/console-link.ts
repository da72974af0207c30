import { archiveIdSchema, jobIdSchema, siteIdSchema } from "./ids.ts";
import { parseNanoTime } from "./nano-time.ts";
import { storeIdSchema } from "./storage/store.ts";
import { tenantIdProblem } from "./tenant-id.ts";

/** Links into the console: `kubemate://explore?site=…&tenant=…&q=…&from=…&to=…`. */
export const CONSOLE_LINK_SCHEME = "kubemate";

/** The screens a link may name. */
export const LINK_SCREENS = [
  "explore",
  "overview",
  "health",
  "tenants",
  "storage",
  "sites",
  "archives",
  "jobs",
  "audit",
  "settings",
] as const;
export type LinkScreen = (typeof LINK_SCREENS)[number];

/** A link that was checked: nothing in it but a place in the console to look at. */
export interface ConsoleLink {
  readonly screen: LinkScreen;
  readonly params: Readonly<Record<string, string>>;
  /** Logs on disk (screen `archives`). The window asks before it reads any of them: a link opens no file by itself. */
  readonly paths: readonly string[];
  /** Written anew from the checked parts. */
  readonly href: string;
  /** The same place as the hash of the page's address. */
  readonly hash: string;
}

const MAX_LENGTH = 65_536;
const MAX_QUERY_LENGTH = 32_768;
const MAX_PATH_LENGTH = 4_096;
/** Paths in one link: what a person can still look through before saying yes. */
export const MAX_LINK_PATHS = 100;
// Line breaks and tabs belong to queries; other control characters, and those that turn text around, to nobody's.
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

const isInstant = (text: string) => text === "now" || /^now-\d{1,9}[smhdw]$/.test(text) || parseNanoTime(text) !== null;

/** What each parameter may hold. A link states what to look at; there is no parameter that changes anything. */
const PARAMS: Readonly<Record<string, (text: string) => boolean>> = {
  site: (text) => siteIdSchema.safeParse(text).success,
  tenant: (text) => tenantIdProblem(text) === null,
  archive: (text) => archiveIdSchema.safeParse(text).success,
  pods: (text) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text),
  q: (text) => text.length <= MAX_QUERY_LENGTH && !HIDDEN.test(text),
  from: isInstant,
  to: isInstant,
  dir: (text) => text === "forward" || text === "backward",
  live: (text) => text === "1",
  tab: (text) => /^[a-z]{1,20}$/.test(text),
  store: (text) => storeIdSchema.safeParse(text).success,
  scan: (text) => jobIdSchema.safeParse(text).success,
  finding: (text) => /^[A-Za-z0-9._:-]{1,200}$/.test(text),
};

/**
 * Whether a text names a place on this machine's disks by its whole path, with nothing in it that a person would not see.
 * Windows' network paths are none: looking at one signs in to whoever the link names.
 */
export function isLinkPath(text: string): boolean {
  if (text.length > MAX_PATH_LENGTH || HIDDEN.test(text) || /[\n\r\t]/.test(text)) return false;
  return /^(?:\/(?![\\/])|[A-Za-z]:[\\/])/.test(text);
}

/** A link that asks whether these are to be opened; `null` where one of them, or their number, fits in no link. */
export function archivePathLink(paths: readonly string[]): ConsoleLink | null {
  return paths.length === 0 ? null : parseConsoleLink(`${CONSOLE_LINK_SCHEME}://archives?${pathsQuery(paths)}`);
}

function pathsQuery(paths: readonly string[]): string {
  return paths.map((path) => new URLSearchParams({ path }).toString()).join("&");
}

/**
 * Reads a link that came from outside: a mail, a chat, a web page. Anything that does not fit is no link at all, so that
 * nobody is led somewhere by half of one. `null` then.
 */
export function parseConsoleLink(text: string): ConsoleLink | null {
  if (text.length > MAX_LENGTH) return null;
  // Some systems put a slash behind the host.
  const match = /^kubemate:\/\/([a-z]{1,20})\/?(?:\?([^#]*))?$/i.exec(text);
  if (match === null) return null;
  const screen = LINK_SCREENS.find((name) => name === match[1]?.toLowerCase());
  if (screen === undefined) return null;
  const params: Record<string, string> = {};
  const paths: string[] = [];
  for (const [name, value] of new URLSearchParams(match[2] ?? "")) {
    if (name === "path") {
      if (screen !== "archives" || paths.length >= MAX_LINK_PATHS || !isLinkPath(value)) return null;
      paths.push(value);
      continue;
    }
    const fits = Object.hasOwn(PARAMS, name) && !Object.hasOwn(params, name) && PARAMS[name]?.(value) === true;
    if (!fits) return null;
    params[name] = value;
  }
  const query = [new URLSearchParams(params).toString(), pathsQuery(paths)].filter((part) => part !== "").join("&");
  const place = query === "" ? screen : `${screen}?${query}`;
  return { screen, params, paths, href: `${CONSOLE_LINK_SCHEME}://${place}`, hash: `#/${place}` };
}
