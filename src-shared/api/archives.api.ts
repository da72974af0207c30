import { z } from "zod";
import { archiveAssumptionsSchema, archiveDescriptionSchema, archiveQuestionSchema } from "../model/archive.ts";
import { archiveIdSchema, jobIdSchema } from "../model/ids.ts";
import { command, everyTenant, query } from "./procedure.ts";

/** Bytes of one piece of an upload, before base64. */
export const UPLOAD_PIECE_BYTES = 512 * 1024;

export const archiveOpenedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened"), archive: archiveDescriptionSchema }),
  /** Open again with the answers among the assumptions. */
  z.object({ kind: z.literal("questions"), questions: z.array(archiveQuestionSchema).min(1) }),
]);
export type ArchiveOpened = z.output<typeof archiveOpenedSchema>;

const uploadIdSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
/** Uploads are their owner's; what was opened by a path is for those who may see every tenant. */
const ownArchive = ({ archive }: { readonly archive: string }) => [{ kind: "archive", id: archive }] as const;
const pathSchema = z.string().min(1).max(4_096);

/** Logs on disk: opened, looked at as a log target of kind `archive`, imported into archives of our own. */
export const archivesApi = {
  /** What is open, and what was open when the program last ended, newest first. */
  list: query({
    input: z.void(),
    output: z.array(archiveDescriptionSchema),
    permission: "archives.read",
    audit: "none",
  }),
  describe: query({
    input: z.object({ archive: archiveIdSchema }),
    output: archiveDescriptionSchema,
    permission: "archives.read",
    audit: "none",
    handles: ownArchive,
  }),
  /** Opens files or a folder by path. Several files become one archive, merged by time. */
  open: command({
    input: z.object({ paths: z.array(pathSchema).min(1).max(500), assumptions: archiveAssumptionsSchema }),
    output: archiveOpenedSchema,
    permission: "archives.open",
    audit: "access",
    auditSubject: ({ paths }) => ({ path: paths[0] ?? "", files: paths.length }),
    /** A file on the server may hold any tenant's logs, and what it says of that can be assumed otherwise. */
    tenants: everyTenant,
  }),
  /** For a page without paths: a file dropped on a browser. Pieces follow in order. */
  beginUpload: command({
    input: z.object({ name: z.string().min(1).max(255), sizeBytes: z.number().int().nonnegative() }),
    output: z.object({ upload: uploadIdSchema }),
    permission: "archives.open",
    audit: "access",
    auditSubject: ({ name, sizeBytes }) => ({ name, sizeBytes }),
  }),
  uploadPiece: command({
    input: z.object({
      upload: uploadIdSchema,
      offset: z.number().int().nonnegative(),
      base64: z.base64().max(Math.ceil(UPLOAD_PIECE_BYTES / 3) * 4),
    }),
    output: z.object({ receivedBytes: z.number() }),
    permission: "archives.open",
    audit: "none",
  }),
  dropUpload: command({
    input: z.object({ upload: uploadIdSchema }),
    output: z.object({ dropped: z.boolean() }),
    permission: "archives.open",
    audit: "none",
  }),
  /** Opens what was uploaded; it lives in the profile until the archive is removed from the list. */
  openUploads: command({
    input: z.object({ uploads: z.array(uploadIdSchema).min(1).max(500), assumptions: archiveAssumptionsSchema }),
    output: archiveOpenedSchema,
    permission: "archives.open",
    audit: "access",
    auditSubject: ({ uploads }) => ({ files: uploads.length }),
  }),
  /** Takes it off the list; files of the person's own stay where they are. */
  close: command({
    input: z.object({ archive: archiveIdSchema }),
    output: z.object({ closed: z.boolean() }),
    permission: "archives.open",
    audit: "none",
    handles: ownArchive,
  }),
  /** Writes what is open into a new archive of ours, as a job. `folder` is a name in the profile's `archives`, or a path. */
  import: command({
    input: z.object({ archive: archiveIdSchema, folder: pathSchema }),
    output: z.object({ job: jobIdSchema }),
    permission: "logs.export",
    audit: "change",
    auditSubject: ({ archive, folder }) => ({ archive, folder }),
    handles: ownArchive,
  }),
  /** Reads every file again and compares it with the manifest, as a job. */
  verify: command({
    input: z.object({ archive: archiveIdSchema }),
    output: z.object({ job: jobIdSchema }),
    permission: "archives.read",
    audit: "access",
    auditSubject: ({ archive }) => ({ archive }),
    handles: ownArchive,
  }),
};
