import type { CompletionSource } from "@codemirror/autocomplete";
import { useMemo } from "react";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { LogsClient } from "../session/result-set-view.ts";

export function useCompletion(_client: LogsClient, _target: LogTarget | null): CompletionSource {
  return useMemo(() => () => null, []);
}
