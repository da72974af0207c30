import { randomBytes } from "node:crypto";

/** The port that MinIO listens on in its pod. */
export const S3_PORT = 9_000;

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whom the lab's object store knows. */
export interface LabS3Keys {
  /** MinIO's own account. */
  readonly root: S3Keys;
  /** Loki's. */
  readonly loki: S3Keys;
}

/** Keys of one lab: they are gone with it. */
export function createS3Keys(): LabS3Keys {
  const secret = () => randomBytes(30).toString("base64url");
  return {
    root: { accessKeyId: "minio-root", secretAccessKey: secret() },
    loki: { accessKeyId: "loki", secretAccessKey: secret() },
  };
}
