import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";

/** What a call of the file system was for. */
export interface FolderRequest {
  readonly store: string;
  readonly key: string;
  readonly action: string;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The file system's failure as the store's. What is none is a bug and is given back as it is. */
export function folderFailure(error: unknown, { store, key, action }: FolderRequest): unknown {
  if (isAppError(error)) return error;
  const code = codeOf(error);
  const cause = { cause: error };
  switch (code) {
    case "":
      return error;
    case "ENOENT":
      return new AppError("storage.not-found", { store, key }, cause);
    case "EEXIST":
      return new AppError("storage.changed", { store, key }, cause);
    case "EISDIR":
    case "ENOTDIR":
    case "ENAMETOOLONG":
    case "ENOTEMPTY":
    case "ELOOP":
      return new AppError("storage.key-invalid", { key: key.slice(0, 200) }, cause);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new AppError("storage.forbidden", { store, action }, cause);
    case "ENOSPC":
    case "EDQUOT":
      return new AppError("storage.full", { store }, cause);
    default:
      return new AppError("storage.failed", { store, problem: code }, cause);
  }
}
