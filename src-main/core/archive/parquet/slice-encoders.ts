import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { WrittenSlice } from "../archive-writer.ts";
import { SliceEncoder } from "./slice-encoder.ts";
import type { WriteFailure, WriteMessage, WriteReply, WriteRequest } from "./write-protocol.ts";

/** What an encoding thread does with what the pool asks. */
export class SliceEncoders {
  readonly #slices = new Map<number, SliceEncoder>();

  answer({ id, request }: WriteMessage): WriteReply {
    try {
      return { id, written: this.#run(request) };
    } catch (error) {
      return { id, failure: failureOf(error) };
    }
  }

  #run(request: WriteRequest): WrittenSlice | null {
    if (request.kind === "open") {
      this.#slices.set(request.slice, new SliceEncoder(request.options));
      return null;
    }
    const encoder = this.#slices.get(request.slice);
    if (encoder === undefined) throw new Error(`no slice ${request.slice}`);
    if (request.kind === "append") {
      encoder.append(request.batch);
      return null;
    }
    if (request.kind === "finish") {
      const written = encoder.finish();
      this.#slices.delete(request.slice);
      return written;
    }
    this.#slices.delete(request.slice);
    encoder.discard();
    return null;
  }
}

function failureOf(error: unknown): WriteFailure {
  if (hasCode(error, "files.disk-full")) return { code: error.code, file: error.params.file };
  if (hasCode(error, "files.unwritable")) {
    return { code: error.code, file: error.params.file, problem: error.params.problem };
  }
  return { code: "fault", problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
