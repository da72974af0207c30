import type { archivesApi } from "../../src-shared/api/archives.api.ts";
import type { ConsoleArchives } from "../core/console-archives.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import { mayUseArchive } from "./handle-rights.ts";
import type { DomainHandlers } from "./handlers.ts";

export function archivesHandlers(
  { service, uploads, importJob, verifyJob, destination }: ConsoleArchives,
  jobs: Pick<JobEngine, "submit">,
): DomainHandlers<typeof archivesApi> {
  return {
    list: async (_input, { caller }) =>
      service.list().filter(({ id }) => mayUseArchive(caller, service.ownerOf(id) ?? null)),
    describe: async ({ archive }) => service.describe(archive),
    open: ({ paths, assumptions }, { signal }) => service.open(paths, assumptions, signal),
    beginUpload: async ({ name, sizeBytes }, { caller }) => ({
      upload: await uploads.begin(name, sizeBytes, caller.principal),
    }),
    uploadPiece: async ({ upload, offset, base64 }, { caller }) => ({
      receivedBytes: await uploads.piece(upload, offset, base64, caller.principal),
    }),
    dropUpload: async ({ upload }, { caller }) => ({ dropped: await uploads.drop(upload, caller.principal) }),
    openUploads: ({ uploads: ids, assumptions }, { caller, signal }) =>
      service.openUploads(ids, assumptions, caller.principal, signal),
    close: async ({ archive }) => ({ closed: await service.close(archive) }),
    import: async ({ archive, folder }, { caller }) => {
      const { title } = service.describe(archive);
      const directory = await destination(folder);
      return {
        job: jobs.submit(importJob, { archive, title, directory, principal: caller.principal }, caller.principal),
      };
    },
    verify: async ({ archive }, { caller }) => {
      const { title } = service.describe(archive);
      return { job: jobs.submit(verifyJob, { archive, title }, caller.principal) };
    },
  };
}
