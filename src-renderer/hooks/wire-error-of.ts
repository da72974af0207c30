import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";

/** What any thrown value is to the window: the core's error, or a bug of the window itself. */
export function wireErrorOf(thrown: unknown): WireError {
  if (thrown instanceof RemoteError) return thrown.wire;
  return { code: "internal", params: {}, category: "internal", retryable: false };
}
