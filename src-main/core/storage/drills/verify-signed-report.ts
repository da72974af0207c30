import { open } from "node:fs/promises";
import type { SignedDrillReport } from "../../../../src-shared/model/storage/recovery.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { verifyReport } from "./report-signing.ts";

/** A report holds five hundred objects and streams at most. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a signed report from a file and checks its signature.
 * @throws AppError `recovery.report-forged`, `files.unreadable`
 */
export async function verifySignedReport(file: string): Promise<SignedDrillReport> {
  let text: string;
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    if (size > MAX_BYTES) throw new AppError("recovery.report-forged", { file, problem: "too large for a report" });
    text = await handle.readFile("utf8");
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new AppError("files.unreadable", { file, problem }, { cause: error });
  }
  return verifyReport(text, file);
}
