import { describe, expect, it } from "vitest";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import { guardWrite, writeError } from "../../../src-main/core/archive/parquet/write-error.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no luck`), { code });
}

describe("an error of writing an archive", () => {
  it.each(["ENOSPC", "EDQUOT"])("%s is a full disk", (code) => {
    expect(hasCode(writeError("a.parquet", systemError(code)), "files.disk-full")).toBe(true);
  });

  it("of any other kind says what the system said", () => {
    const error = writeError("a.parquet", systemError("EROFS"));
    expect(hasCode(error, "files.unwritable") && error.params).toEqual({
      file: "a.parquet",
      problem: "EROFS: no luck",
    });
  });

  it("that is known already stays what it is", () => {
    const known = new AppError("files.disk-full", { file: "b.parquet" });
    const step = () => {
      throw known;
    };
    expect(() => guardWrite("a.parquet", step)).toThrow(known);
  });
});
