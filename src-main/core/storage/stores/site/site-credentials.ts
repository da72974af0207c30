import { AppError, hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { S3Credentials } from "../../s3-store-options.ts";
import { expandVariables, variablesIn } from "./expand-variables.ts";
import type { LocatedStore } from "./located-store.ts";

/** Names under which AWS's SDK finds credentials that are nowhere in the configuration. */
const ID = "AWS_ACCESS_KEY_ID";
const SECRET = "AWS_SECRET_ACCESS_KEY";
const TOKEN = "AWS_SESSION_TOKEN";

/**
 * The credentials that a site's Loki has for its bucket: in its configuration, or in variables of its pods. Read from the
 * cluster at each call and kept nowhere here. Rejects with `storage.credentials-missing`, which says what is missing by its
 * name and never by its value, and with `cluster.*`.
 */
export async function siteCredentials(located: LocatedStore, signal: AbortSignal): Promise<S3Credentials> {
  const { environment, config, store } = located;
  const missing = (problem: string, cause?: unknown) =>
    new AppError("storage.credentials-missing", { store: store.title, problem }, { cause });
  try {
    const lookup = (name: string) => environment.get(name, signal);
    const expand = async (text: string | null) => (text === null ? null : (await expandVariables(text, lookup)).trim());
    if (config.accessKeyId === null && config.secretAccessKey === null) {
      const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
        lookup(ID),
        lookup(SECRET),
        lookup(TOKEN),
      ]);
      if (accessKeyId === null || secretAccessKey === null) throw missing(withoutKeys(located));
      return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    }
    const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
      expand(config.accessKeyId),
      expand(config.secretAccessKey),
      expand(config.sessionToken),
    ]);
    if (!accessKeyId || !secretAccessKey) throw missing(unset(located));
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  } catch (error) {
    if (!hasCode(error, "cluster.forbidden")) throw error;
    const { verb, resource, namespace } = error.params;
    throw missing(`no right to ${verb} ${resource} in namespace ${namespace}`, error);
  }
}

function withoutKeys({ environment }: LocatedStore): string {
  const role = environment.has("AWS_ROLE_ARN") || environment.has("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (role) return "its pods have a role of AWS, which the console cannot take on";
  return `neither its configuration nor ${ID} and ${SECRET} of its pods name any`;
}

function unset({ config }: LocatedStore): string {
  const names = [...variablesIn(config.accessKeyId ?? ""), ...variablesIn(config.secretAccessKey ?? "")];
  if (names.length === 0) return "its configuration has one of key and secret, and not the other";
  return `nothing is in ${names.slice(0, 4).join(", ").slice(0, 200)}`;
}
