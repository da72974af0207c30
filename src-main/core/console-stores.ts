import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { S3Place } from "../../src-shared/api/exports.api.ts";
import { AppError, hasCode } from "../../src-shared/errors/app-error.ts";
import type { StoreConfig } from "../../src-shared/model/storage/store.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { ConsoleBase } from "./console-base.ts";
import { clusterSiteStores, openAll } from "./console-stores-sites.ts";
import type { ObjectStore } from "./storage/object-store.ts";
import type { S3Credentials, S3StoreOptions } from "./storage/s3-store-options.ts";
import { KeptStores } from "./storage/stores/kept-stores.store.ts";
import type { BucketRequests } from "./storage/stores/site-stores.ts";
import { bucketsTitle } from "./storage/stores/store-title.ts";
import { StoresService } from "./storage/stores/stores.service.ts";

const credentialsSchema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).exactOptional(),
});

export interface StoresDomain {
  readonly base: Pick<ConsoleBase, "profile" | "secrets" | "clock" | "logger" | "announcements">;
  readonly sites: Pick<SitesService, "kubernetesFor" | "discoveryFor">;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The stores of a profile, and what its sites' Lokis keep their data in. */
export function openConsoleStores({ base, sites, environment }: StoresDomain): StoresService {
  const { profile, clock, logger, announcements } = base;
  return new StoresService({
    kept: KeptStores.open(profile.file("stores.json"), clock, logger.child("storage")),
    openS3: (place) => openPlaceBuckets(place, base, environment),
    sites: clusterSiteStores({ sites, clock }),
    announcer: announcements,
    clock,
  });
}

/** Each bucket of a place that was entered, over one client a bucket. */
async function openPlaceBuckets(
  { place, moreBuckets = [] }: Extract<StoreConfig["place"], { kind: "s3" }>,
  base: Pick<ConsoleBase, "secrets" | "clock">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<BucketRequests> {
  const { credentials, ...options } = await placeOptions(place, base, environment);
  const store = bucketsTitle([place.bucket, ...moreBuckets], place.prefix);
  const buckets = [place.bucket, ...moreBuckets] as const;
  return openAll(buckets, { ...options, credentials: () => orMissing(credentials, store) });
}

/** What is wrong with the console's own secrets or environment is told of the store that needs them. */
async function orMissing(credentials: () => Promise<S3Credentials>, store: string): Promise<S3Credentials> {
  try {
    return await credentials();
  } catch (error) {
    if (hasCode(error, "secrets.unknown")) {
      throw new AppError(
        "storage.credentials-missing",
        { store, problem: `no secret ${error.params.ref}` },
        { cause: error },
      );
    }
    if (!hasCode(error, "export.store-refused")) throw error;
    throw new AppError("storage.credentials-missing", { store, problem: error.params.problem }, { cause: error });
  }
}

/**
 * Opens the prefix of a place. Its credentials are a secret of this console or, without one, those of the environment
 * (`AWS_ACCESS_KEY_ID` and its companions). Rejects with `secrets.unknown`, `export.store-refused`, `files.unreadable`.
 */
export async function openPlaceStore(
  place: S3Place,
  base: Pick<ConsoleBase, "secrets" | "clock">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ObjectStore> {
  const options = await placeOptions(place, base, environment);
  const { openS3ObjectStore } = await import("./storage/open-s3-object-store.ts");
  return openS3ObjectStore(options);
}

/** What a place says of how its bucket is reached. Rejects with `files.unreadable`; its credentials reject when they are asked for. */
async function placeOptions(
  place: S3Place,
  { secrets, clock }: Pick<ConsoleBase, "secrets" | "clock">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<S3StoreOptions> {
  const { bucket, prefix, endpoint, region, caFile, credentials } = place;
  const ca = caFile === undefined ? undefined : await readCertificates(caFile);
  return {
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
  };
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
