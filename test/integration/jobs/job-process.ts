import { systemClock } from "../../../src-main/core/common/clock.ts";
import { JobEngine } from "../../../src-main/core/jobs/job-engine.ts";
import { JobStore } from "../../../src-main/core/jobs/job-store.ts";
import { jobIdSchema } from "../../../src-shared/model/ids.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { createCountingJob } from "./counting-job.ts";

// A console of its own, to be killed: `job-process.ts DATABASE submit FILE LINES` or `job-process.ts DATABASE resume ID`.
const [databaseFile = "", verb = "", first = "", second = "0"] = process.argv.slice(2);
const print = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);
const countingJob = createCountingJob((committed) => print({ committed }));
const engine = new JobEngine({
  store: new JobStore(databaseFile),
  definitions: [countingJob],
  maxRunning: 1,
  clock: systemClock,
  logger: new RecordingLogger(),
  announcer: new RecordingAnnouncer(),
});
engine.onChange((job) => print({ id: job.id, state: job.state }));
if (verb === "submit") engine.submit(countingJob, { file: first, lines: Number(second) }, "ada");
else engine.resume(jobIdSchema.parse(first));
// The engine's own timers must not be what keeps this process, and what the engine holds, alive.
setInterval(() => engine, 60_000);
