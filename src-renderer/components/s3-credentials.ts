import { secretRefSchema, type SecretRef } from "../../src-shared/model/ids.ts";

/** How the credentials of a bucket are given: none of our own, a kept secret, or new ones that become a secret. */
export type CredentialsChoice = "machine" | "kept" | "new";

/** What is typed of credentials, valid or not. */
export interface CredentialsDraft {
  readonly credentials: CredentialsChoice;
  /** The kept secret's name. */
  readonly secret: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export type CredentialsField = "secret" | "accessKeyId" | "secretAccessKey";
export type CredentialsProblem = "required" | "credentials" | "noSecrets";

export const NO_CREDENTIALS: CredentialsDraft = {
  credentials: "machine",
  secret: "",
  accessKeyId: "",
  secretAccessKey: "",
  sessionToken: "",
};

/** What keeps the draft from being credentials. `mayKeepSecrets`: the person may store new ones. */
export function credentialsProblems(
  draft: CredentialsDraft,
  mayKeepSecrets: boolean,
): Partial<Record<CredentialsField, CredentialsProblem>> {
  const problems: Partial<Record<CredentialsField, CredentialsProblem>> = {};
  if (draft.credentials === "kept" && draft.secret === "") problems.secret = "credentials";
  if (draft.credentials === "new") {
    if (!mayKeepSecrets) problems.secret = "noSecrets";
    if (draft.accessKeyId.trim() === "") problems.accessKeyId = "required";
    if (draft.secretAccessKey === "") problems.secretAccessKey = "required";
  }
  return problems;
}

/** The name under which new credentials of a bucket are kept: one for each entry, so that none is written over. */
export function newSecretRef(bucket: string, id: string): SecretRef {
  return secretRefSchema.parse(`s3.${bucket.trim()}.${id}`);
}

/** The value that the core reads as S3 credentials. */
export function credentialsText(draft: CredentialsDraft): string {
  const sessionToken = draft.sessionToken.trim();
  return JSON.stringify({
    accessKeyId: draft.accessKeyId.trim(),
    secretAccessKey: draft.secretAccessKey.trim(),
    ...(sessionToken === "" ? {} : { sessionToken }),
  });
}
