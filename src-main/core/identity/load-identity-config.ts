import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { configInvalid, parseIdentityConfig, type IdentityConfig } from "./identity-config.ts";

/** The file's rules, and the secrets that it names but does not hold. */
export interface LoadedIdentity {
  readonly config: IdentityConfig;
  /** `null` for a public client, and without OIDC. */
  readonly clientSecret: string | null;
  /** PEM; `null` trusts the system's authorities. */
  readonly ca: string | null;
}

const MAX_FILE_BYTES = 4 * 2 ** 20;

/**
 * Reads the file of `--identity`, YAML or JSON; files that it names are beside it or absolute. Rejects with
 * `identity.config-invalid` and `files.unreadable`. No text of a secret is in an error.
 */
export async function loadIdentityConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedIdentity> {
  const config = parseIdentityConfig(parseYaml(await readText(file)));
  const beside = (path: string) => resolve(dirname(file), path);
  const { oidc, caFile } = config;
  let clientSecret: string | null = null;
  if (oidc?.clientSecretEnv !== undefined) {
    clientSecret = secretOf(environment[oidc.clientSecretEnv] ?? "", "oidc.clientSecretEnv");
  } else if (oidc?.clientSecretFile !== undefined) {
    clientSecret = secretOf(await readText(beside(oidc.clientSecretFile)), "oidc.clientSecretFile");
  }
  return { config, clientSecret, ca: caFile === undefined ? null : await readText(beside(caFile)) };
}

/** JSON is YAML. A key that stands twice is refused: which one counts would be a guess. */
function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false, lineCounter });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw configInvalid(`:${lineCounter.linePos(problem.pos[0]).line}`, problem.message);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw configInvalid(":1", error instanceof Error ? error.message : String(error));
  }
}

/** Editors end files with a line break, which belongs to no secret. */
function secretOf(text: string, field: string): string {
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw configInvalid(field, "is empty");
  return secret;
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_FILE_BYTES) throw new Error(`more than ${MAX_FILE_BYTES} bytes`);
    return bytes.toString("utf8");
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("files.unreadable", { file, problem: problem.slice(0, 300) }, { cause: error });
  }
}
