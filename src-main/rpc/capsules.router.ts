import { CAPSULE_SUFFIX, type capsulesApi } from "../../src-shared/api/capsules.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { capsuleFileName, type createCapsuleJob } from "../core/capsules/capsule-create.job.ts";
import type { ConsoleArchives } from "../core/console-archives.ts";
import type { JobEngine } from "../core/jobs/job-engine.ts";
import type { DomainHandlers } from "./handlers.ts";

export function capsulesHandlers(
  { service, exportFile }: Pick<ConsoleArchives, "service" | "exportFile">,
  capsuleJob: ReturnType<typeof createCapsuleJob>,
  jobs: Pick<JobEngine, "submit">,
): DomainHandlers<typeof capsulesApi> {
  return {
    create: async ({ file, queries, ...rest }, { caller }) => {
      const input = {
        ...rest,
        queries: queries.map(({ range, ...query }) => ({
          ...query,
          startNs: String(range.startNs),
          endNs: String(range.endNs),
        })),
        file: await exportFile(capsuleFileName(file, CAPSULE_SUFFIX)),
        principal: caller.principal,
        role: caller.role,
      };
      return { job: jobs.submit(capsuleJob, input, caller.principal) };
    },
    describe: async ({ archive }) => {
      const { kind, path } = service.describe(archive);
      if (kind !== "capsule") throw new AppError("capsule.invalid", { file: path, problem: "no capsule" });
      const [file = ""] = service.pathsOf(archive);
      const { describeCapsule } = await import("../core/capsules/open-capsule.ts");
      return describeCapsule(file);
    },
  };
}
