import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ArchiveScanPool } from "../../../src-main/core/archive/scan/archive-scan-pool.ts";
import type { ScanJob } from "../../../src-main/core/archive/scan/archive-scanner.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { builderWorker, workerSource } from "../../builders/worker-source.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const signal = new AbortController().signal;

/** A pool whose threads do what a chunk's key says. */
function mortalPool(threads = 1): { readonly pool: ArchiveScanPool; readonly logger: RecordingLogger } {
  const logger = new RecordingLogger();
  const locate = () => builderWorker("mortal-scan");
  return { pool: new ArchiveScanPool({ locate, clock: systemClock, logger, threads }), logger };
}

function chunk(key: string) {
  return { kind: "chunk", file: key, key } as const;
}

describe("The pool of archive scan threads", () => {
  it("fails the request whose thread died, and answers the others with a new one", async () => {
    const { pool: mortal, logger } = mortalPool();
    await using pool = mortal;
    const answers = await Promise.allSettled(["a", "die", "b", "c"].map((key) => pool.chunkHead(chunk(key), signal)));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(answers[1]).toMatchObject({ reason: { code: "internal", reference: "kc-00000001" } });
    expect(logger.lines).toHaveLength(1);
  });

  it("gives a thread's own errors back as they are, and a bug as one that is in the log", async () => {
    const { pool: mortal } = mortalPool();
    await using pool = mortal;
    const damaged = { code: "archive.damaged", params: { part: "damaged", problem: "cut off" } };
    await expect(pool.chunkHead(chunk("damaged"), signal)).rejects.toMatchObject(damaged);
    await expect(pool.chunkHead(chunk("bug"), signal)).rejects.toMatchObject({ code: "internal" });
    await expect(pool.chunkHead(chunk("a"), signal)).resolves.toMatchObject({ format: "a" });
  });

  it("cancels what waits and what runs, at once", async () => {
    const { pool: mortal } = mortalPool();
    await using pool = mortal;
    const stop = new AbortController();
    const requests = ["never", "b", "c", "d"].map((key) => pool.chunkHead(chunk(key), stop.signal));
    stop.abort();
    for (const request of requests) {
      // oxlint-disable-next-line no-await-in-loop -- each by itself
      await expect(request).rejects.toMatchObject({ code: "request.cancelled" });
    }
    await expect(pool.chunkHead(chunk("e"), stop.signal)).rejects.toMatchObject({ code: "request.cancelled" });
  });

  it("lets jobs take turns", async () => {
    const { pool: mortal } = mortalPool();
    await using pool = mortal;
    const [large, small]: ScanJob[] = [{ name: "large" }, { name: "small" }];
    const ask = (job: ScanJob | undefined, key: string) =>
      pool.scan<"chunk-head">(job ?? { name: "" }, { kind: "chunk-head", place: chunk(key) }, signal);
    const first = Array.from({ length: 20 }, (_, at) => ask(large, `large${at}`));
    const answer = await ask(small, "small");
    await Promise.all(first);
    expect(answer.readable && answer.tenant.split(" ").length).toBeLessThan(5);
  });

  it("rejects everything once it is disposed", async () => {
    const { pool } = mortalPool();
    const asked = Promise.allSettled(["never", "a", "b", "c"].map((key) => pool.chunkHead(chunk(key), signal)));
    await pool[Symbol.asyncDispose]();
    for (const answer of await asked) expect(answer).toMatchObject({ reason: { code: "request.cancelled" } });
    await expect(pool.chunkHead(chunk("a"), signal)).rejects.toMatchObject({ code: "request.cancelled" });
  });

  it("reads blocks of real files in its real threads", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("not-a-chunk");
    writeFileSync(file, "no chunk at all");
    await using pool = new ArchiveScanPool({
      locate: workerSource,
      clock: systemClock,
      logger: new RecordingLogger(),
      threads: 1,
    });
    const head = await pool.chunkHead({ kind: "chunk", file, key: "not-a-chunk" }, signal);
    expect(head).toMatchObject({ readable: false, problems: [{ error: { code: "archive.damaged" } }] });
  });
});
