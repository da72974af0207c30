import { systemClock } from "../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import type { ObjectStore } from "../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../src-main/core/storage/open-s3-object-store.ts";
import { wrapped } from "./careless-store.ts";
import { QuarantineBench } from "./quarantine-desk.ts";

/** What the process is told to do, as JSON. */
export interface MortalQuarantine {
  readonly profile: string;
  readonly place:
    | { readonly folder: string }
    | {
        readonly bucket: string;
        readonly endpoint: string;
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
      };
  /** Objects to set aside or, with `batch`, none. Left out where a job is taken up again. */
  readonly keys: readonly string[];
  readonly batch: string | null;
  /** The process kills itself at this call of the store's, before it or when it is answered; never with `null`. */
  readonly killAt: { readonly call: number; readonly answered: boolean } | null;
}

// Run as a process of its own: plans and applies, or takes up the job that an earlier process of the profile left, and
// writes the job and its report as one line.
const told = JSON.parse(process.argv[2] ?? "{}") as MortalQuarantine;
let calls = 0;
let armed = false;

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

async function open({ place }: MortalQuarantine): Promise<ObjectStore> {
  if ("folder" in place) return new FolderObjectStore(place.folder);
  const { bucket, endpoint, accessKeyId, secretAccessKey } = place;
  const credentials = async () => ({ accessKeyId, secretAccessKey });
  return openS3ObjectStore({ bucket, prefix: "", endpoint, credentials, clock: systemClock });
}

const plain = await open(told);
const store = wrapped(
  plain,
  (_name, args) => {
    if (armed) calls += 1;
    if (armed && calls === told.killAt?.call && !told.killAt.answered) die();
    return args;
  },
  () => {
    if (armed && told.killAt?.answered === true && calls >= told.killAt.call) die();
  },
);
const bench = new QuarantineBench({ profile: told.profile, store });
const [left] = bench.engine.list(["interrupted"], 1);
let job = left?.id;
if (job === undefined) {
  const plan = await (told.batch === null ? bench.planKeys(told.keys) : bench.planUndo(told.batch));
  armed = true;
  job = await bench.apply(plan);
} else {
  armed = true;
  bench.engine.resume(job);
}
const ended = await bench.ended(job);
process.stdout.write(`${JSON.stringify({ calls, state: ended.job.state, report: ended.report })}\n`);
await bench[Symbol.asyncDispose]();
await plain[Symbol.asyncDispose]();
