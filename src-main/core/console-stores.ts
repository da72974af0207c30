import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { S3Place } from "../../src-shared/api/exports.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { ObjectStore } from "./storage/object-store.ts";
import type { S3Credentials } from "./storage/s3-store-options.ts";

const credentialsSchema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).exactOptional(),
});

/**
 * Opens the prefix of a place. Its credentials are a secret of this console or, without one, those of the environment
 * (`AWS_ACCESS_KEY_ID` and its companions). Rejects with `secrets.unknown`, `export.store-refused`, `files.unreadable`.
 */
export async function openPlaceStore(
  place: S3Place,
  { secrets, clock }: Pick<ConsoleBase, "secrets" | "clock">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ObjectStore> {
  const { bucket, prefix, endpoint, region, caFile, credentials } = place;
  const ca = caFile === undefined ? undefined : await readCertificates(caFile);
  const { openS3ObjectStore } = await import("./storage/open-s3-object-store.ts");
  return openS3ObjectStore({
    bucket,
    prefix,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(ca === undefined ? {} : { ca }),
    credentials: async () => {
      if (credentials === undefined) return environmentCredentials(bucket, environment);
      const secret = await secrets.get(credentials);
      if (secret === null) throw new AppError("secrets.unknown", { ref: credentials });
      return secretCredentials(bucket, secret);
    },
    clock,
  });
}

function secretCredentials(bucket: string, secret: string): S3Credentials {
  try {
    return credentialsSchema.parse(JSON.parse(secret));
  } catch {
    // What is wrong with it would quote it.
    throw new AppError("export.store-refused", { bucket, problem: "the secret holds no S3 credentials" });
  }
}

function environmentCredentials(
  bucket: string,
  environment: Readonly<Record<string, string | undefined>>,
): S3Credentials {
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = environment["AWS_SESSION_TOKEN"];
  if (!accessKeyId || !secretAccessKey)
    throw new AppError("export.store-refused", { bucket, problem: "no credentials" });
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 300) }, { cause: error });
  }
}
