import { Backlog } from "../../src-main/core/tenants/usage/backlog.ts";
import { CostLedger } from "../../src-main/core/tenants/usage/cost-ledger.ts";
import { LedgerThread } from "../../src-main/core/tenants/ledger/ledger-thread.ts";
import type { LedgerPlace } from "../../src-main/core/tenants/ledger/ledger-protocol.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { workerSource } from "./worker-source.ts";

export interface CostLedgerBench extends AsyncDisposable {
  readonly ledger: CostLedger;
  readonly clock: ManualClock;
  readonly announcer: RecordingAnnouncer;
  readonly logger: RecordingLogger;
  readonly directory: string;
  readonly file: string;
  /** Ends this ledger as a program does, and begins another over the same folder. */
  restart(): Promise<void>;
}

/** A console's ledger over a real thread, with a clock of the test's. */
export async function openCostLedgerBench(
  options: { readonly place?: () => Promise<LedgerPlace>; readonly maxBytes?: number } = {},
): Promise<CostLedgerBench> {
  const directory = temporaryDirectory();
  const clock = new ManualClock();
  const announcer = new RecordingAnnouncer();
  const logger = new RecordingLogger();
  const file = directory.file("ledger.db");
  const begin = () =>
    new CostLedger({
      place: options.place ?? (async () => ({ kind: "sqlite", file })),
      open: (place, onDamaged) =>
        LedgerThread.open({ place, worker: workerSource("ledger"), clock, logger, onDamaged }),
      backlog: new Backlog({
        directory: directory.file("backlog"),
        maxBytes: options.maxBytes ?? 2 ** 24,
        segmentBytes: 2_000,
      }),
      clock,
      logger,
      announcer,
    });
  let ledger = begin();
  return {
    get ledger() {
      return ledger;
    },
    clock,
    announcer,
    logger,
    directory: directory.path,
    file,
    restart: async () => {
      await ledger[Symbol.asyncDispose]();
      ledger = begin();
    },
    [Symbol.asyncDispose]: async () => {
      await ledger[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}
