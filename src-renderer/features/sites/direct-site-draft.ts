import { siteConfigSchema, type SiteConfig } from "../../../src-shared/api/sites.api.ts";
import type { SecretRef } from "../../../src-shared/model/ids.ts";
import { commonFromDraft, commonProblems, draftFromCommon, type CommonDraft } from "./common-draft.ts";

export type DirectConfig = Extract<SiteConfig, { kind: "direct" }>;

/** What is typed into the form of a direct site. A secret's field is what to keep from now on; empty keeps what is kept. */
export interface DirectDraft extends CommonDraft {
  readonly name: string;
  readonly url: string;
  readonly tailUrl: string;
  readonly auth: "none" | "basic" | "bearer";
  readonly username: string;
  readonly secret: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serverName: string;
  readonly insecureSkipVerify: boolean;
  readonly headers: readonly (readonly [string, string])[];
}

export const EMPTY_DIRECT_DRAFT: DirectDraft = {
  name: "",
  url: "",
  tailUrl: "",
  auth: "none",
  username: "",
  secret: "",
  caFile: "",
  certFile: "",
  keyFile: "",
  serverName: "",
  insecureSkipVerify: false,
  headers: [],
  tenants: [],
  traceLinks: [],
  prometheus: "",
};

export function draftFromDirect(config: DirectConfig): DirectDraft {
  return {
    ...draftFromCommon(config),
    name: config.name,
    url: config.url,
    tailUrl: config.tailUrl ?? "",
    auth: config.auth.kind,
    username: config.auth.kind === "basic" ? config.auth.username : "",
    secret: "",
    caFile: config.tls?.caFile ?? "",
    certFile: config.tls?.certFile ?? "",
    keyFile: config.tls?.keyFile ?? "",
    serverName: config.tls?.serverName ?? "",
    insecureSkipVerify: config.tls?.insecureSkipVerify ?? false,
    headers: Object.entries(config.headers ?? {}),
  };
}

/** The secret that the kept configuration names, when it is one that this draft's kind of authentication can go on using. */
export function keptSecret(config: DirectConfig | null, auth: DirectDraft["auth"]): SecretRef | null {
  if (config === null || config.auth.kind !== auth) return null;
  if (config.auth.kind === "basic") return config.auth.password;
  return config.auth.kind === "bearer" ? config.auth.token : null;
}

export type DirectField = keyof DirectDraft;
export type FieldProblem =
  | "required"
  | "url"
  | "header"
  | "tenantHeader"
  | "pair"
  | "tenant"
  | "traceLink"
  | "prometheus";

function isHttpUrl(text: string): boolean {
  try {
    const { protocol } = new URL(text);
    return protocol === "http:" || protocol === "https:";
  } catch {
    return false;
  }
}

/** A header's name as RFC 9110 has it, and a value that cannot end the header. */
function headerProblem([name, value]: readonly [string, string]): FieldProblem | null {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name.trim())) return "header";
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return "header";
  return name.trim().toLowerCase() === "x-scope-orgid" ? "tenantHeader" : null;
}

/** What is wrong, by field; empty when the draft can be saved. */
export function directProblems(
  draft: DirectDraft,
  kept: SecretRef | null,
): Partial<Readonly<Record<DirectField, FieldProblem>>> {
  const problems: Partial<Record<DirectField, FieldProblem>> = { ...commonProblems(draft, false) };
  if (draft.name.trim() === "") problems.name = "required";
  if (draft.url.trim() === "") problems.url = "required";
  else if (!isHttpUrl(draft.url.trim())) problems.url = "url";
  if (draft.tailUrl.trim() !== "" && !isHttpUrl(draft.tailUrl.trim())) problems.tailUrl = "url";
  if (draft.auth === "basic" && draft.username.trim() === "") problems.username = "required";
  if (draft.auth !== "none" && draft.secret === "" && kept === null) problems.secret = "required";
  if (draft.certFile.trim() !== "" && draft.keyFile.trim() === "") problems.keyFile = "pair";
  if (draft.keyFile.trim() !== "" && draft.certFile.trim() === "") problems.certFile = "pair";
  const header = draft.headers.map(headerProblem).find((problem) => problem !== null);
  if (header !== undefined && header !== null) problems.headers = header;
  return problems;
}

function filled(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ""),
  );
}

/** The draft as a configuration; parsed by the schema of the door, so it is what the core will take. */
export function directFromDraft(draft: DirectDraft, secret: SecretRef | null): SiteConfig {
  const tls = {
    ...filled({
      caFile: draft.caFile,
      certFile: draft.certFile,
      keyFile: draft.keyFile,
      serverName: draft.serverName,
    }),
    ...(draft.insecureSkipVerify ? { insecureSkipVerify: true } : {}),
  };
  const auth =
    draft.auth === "basic"
      ? { kind: "basic", username: draft.username.trim(), password: secret }
      : draft.auth === "bearer"
        ? { kind: "bearer", token: secret }
        : { kind: "none" };
  return siteConfigSchema.parse({
    kind: "direct",
    name: draft.name.trim(),
    url: draft.url.trim(),
    ...filled({ tailUrl: draft.tailUrl }),
    auth,
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    ...(draft.headers.length === 0
      ? {}
      : { headers: Object.fromEntries(draft.headers.map(([name, value]) => [name.trim(), value])) }),
    ...commonFromDraft(draft),
  });
}
