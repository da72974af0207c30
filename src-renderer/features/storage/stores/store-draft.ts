import type { z } from "zod";
import type { SecretRef } from "../../../../src-shared/model/ids.ts";
import type {
  StoreConfig,
  storeConfigSchema,
  StoreId,
  StorePlace,
} from "../../../../src-shared/model/storage/store.ts";
import {
  credentialsProblems,
  NO_CREDENTIALS,
  type CredentialsDraft,
  type CredentialsField,
  type CredentialsProblem,
} from "../../../components/s3-credentials.ts";

export const MIB = 1_048_576;

/** What stands in the form of a store. Text fields hold what was typed, valid or not. */
export interface StoreDraft extends CredentialsDraft {
  readonly name: string;
  readonly kind: StorePlace["kind"];
  readonly directory: string;
  readonly bucket: string;
  /** Names apart by commas or spaces. */
  readonly moreBuckets: string;
  readonly prefix: string;
  readonly endpoint: string;
  readonly region: string;
  readonly caFile: string;
  /** Whose Loki's data it is; "" for none. */
  readonly site: string;
  readonly indexPrefix: string;
  /** `null` for as fast as it goes. */
  readonly mebibytesPerSecond: number | null;
  readonly dr: string;
  readonly scratch: string;
}

export type StoreField =
  | "name"
  | "directory"
  | "bucket"
  | "moreBuckets"
  | "prefix"
  | "endpoint"
  | "rate"
  | "indexPrefix"
  | "scratch"
  | "dr"
  | CredentialsField;
export type StoreProblem =
  | "absolute"
  | "url"
  | "bucket"
  | "tooLong"
  | "number"
  | "itself"
  | "readByLoki"
  | CredentialsProblem;
export type StoreProblems = Readonly<Partial<Record<StoreField, StoreProblem>>>;

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;

export function emptyStoreDraft(site: string | null): StoreDraft {
  return {
    name: "",
    kind: "s3",
    directory: "",
    bucket: "",
    moreBuckets: "",
    prefix: "",
    endpoint: "",
    region: "",
    caFile: "",
    site: site ?? "",
    indexPrefix: "index/",
    mebibytesPerSecond: null,
    dr: "",
    scratch: "",
    ...NO_CREDENTIALS,
  };
}

export function draftOfStore(config: StoreConfig): StoreDraft {
  const { name, place, site, indexPrefix, bytesPerSecond, dr, scratch } = config;
  const common = {
    ...emptyStoreDraft(site),
    name,
    kind: place.kind,
    indexPrefix,
    mebibytesPerSecond: bytesPerSecond === null ? null : Math.max(1, Math.round(bytesPerSecond / MIB)),
    dr: dr ?? "",
    scratch: scratch ?? "",
  };
  if (place.kind === "folder") return { ...common, directory: place.directory };
  if (place.kind === "site") return { ...common, bucket: place.bucket ?? "", site: place.site };
  const { bucket, prefix, endpoint = "", region = "", caFile = "", credentials } = place.place;
  return {
    ...common,
    bucket,
    prefix,
    endpoint,
    region,
    caFile,
    moreBuckets: (place.moreBuckets ?? []).join(", "),
    ...(credentials === undefined ? {} : { credentials: "kept" as const, secret: credentials }),
  };
}

export function bucketNames(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "");
}

interface Surroundings {
  readonly mayKeepSecrets: boolean;
  /** Of the store that is changed; `null` of a new one. */
  readonly id: StoreId | null;
  /** Stores that a Loki keeps its data in: a drill must never write there. */
  readonly readByLoki: ReadonlySet<string>;
}

/** What keeps the draft from being a store. */
export function storeProblems(draft: StoreDraft, { mayKeepSecrets, id, readByLoki }: Surroundings): StoreProblems {
  const problems: Partial<Record<StoreField, StoreProblem>> = {};
  if (draft.name.trim() === "") problems.name = "required";
  else if (draft.name.trim().length > 100) problems.name = "tooLong";
  if (draft.indexPrefix.trim().length > 200) problems.indexPrefix = "tooLong";
  if (draft.mebibytesPerSecond !== null && draft.mebibytesPerSecond < 1) problems.rate = "number";
  if (id !== null && draft.dr === id) problems.dr = "itself";
  if (id !== null && draft.scratch === id) problems.scratch = "itself";
  else if (readByLoki.has(draft.scratch)) problems.scratch = "readByLoki";
  if (draft.kind === "site") return problems;
  if (draft.kind === "folder") {
    if (draft.directory.trim() === "") problems.directory = "required";
    else if (!/^(?:\/|[A-Za-z]:[\\/])/.test(draft.directory.trim())) problems.directory = "absolute";
    return problems;
  }
  if (draft.bucket.trim() === "") problems.bucket = "required";
  else if (!BUCKET.test(draft.bucket.trim())) problems.bucket = "bucket";
  if (bucketNames(draft.moreBuckets).some((name) => !BUCKET.test(name))) problems.moreBuckets = "bucket";
  if (draft.prefix.trim().length > 512) problems.prefix = "tooLong";
  const endpoint = draft.endpoint.trim();
  if (endpoint !== "" && !/^https?:\/\/[^\s/]+/.test(endpoint)) problems.endpoint = "url";
  return { ...problems, ...credentialsProblems(draft, mayKeepSecrets) };
}

/** The configuration as the door takes it. Call it without problems; `credentials` is the secret's name, if there is one. */
export function configOf(draft: StoreDraft, credentials: SecretRef | null): z.input<typeof storeConfigSchema> {
  return {
    name: draft.name.trim(),
    place: placeOf(draft, credentials),
    site: draft.site === "" ? null : draft.site,
    indexPrefix: draft.indexPrefix.trim(),
    bytesPerSecond: draft.mebibytesPerSecond === null ? null : Math.round(draft.mebibytesPerSecond * MIB),
    dr: draft.dr === "" ? null : draft.dr,
    scratch: draft.scratch === "" ? null : draft.scratch,
  };
}

function placeOf(draft: StoreDraft, credentials: SecretRef | null): z.input<typeof storeConfigSchema>["place"] {
  const text = (name: "endpoint" | "region" | "caFile"): Partial<Record<typeof name, string>> => {
    const value = draft[name].trim();
    return value === "" ? {} : { [name]: value };
  };
  switch (draft.kind) {
    case "folder":
      return { kind: "folder", directory: draft.directory.trim() };
    case "site":
      return { kind: "site", site: draft.site, ...(draft.bucket === "" ? {} : { bucket: draft.bucket }) };
    case "s3": {
      const more = bucketNames(draft.moreBuckets);
      return {
        kind: "s3",
        place: {
          ...text("endpoint"),
          ...text("region"),
          ...text("caFile"),
          bucket: draft.bucket.trim(),
          prefix: draft.prefix.trim(),
          ...(credentials === null ? {} : { credentials }),
        },
        ...(more.length === 0 ? {} : { moreBuckets: [...more] }),
      };
    }
  }
}
