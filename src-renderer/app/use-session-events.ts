import { useQueryClient } from "@tanstack/react-query";
import type { Notice, Topic } from "../../src-shared/api/session.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../hooks/wire-error-of.ts";
import { useRpcStream } from "../rpc/use-rpc-stream.ts";

interface SessionEventHandlers {
  readonly onNotice: (notice: Notice) => void;
  readonly onLink: (url: string) => void;
  readonly onError: (error: WireError) => void;
}

/** Read-only and the role are settings too: what `session.hello` said may be old when those changed. */
function staleDomains(topics: readonly Topic[]): ReadonlySet<Topic> {
  return new Set(topics.includes("settings") ? [...topics, "session"] : topics);
}

/** Listens to the core: what changed is asked again, notices are shown, links are opened. */
export function useSessionEvents({ onNotice, onLink, onError }: SessionEventHandlers): void {
  const queries = useQueryClient();
  useRpcStream("session", "events", undefined, {
    onData: (event) => {
      if (event.kind === "notice") onNotice(event.notice);
      else if (event.kind === "open-link") onLink(event.url);
      else for (const domain of staleDomains(event.topics)) void queries.invalidateQueries({ queryKey: [domain] });
    },
    onError: (error) => onError(wireErrorOf(error)),
  });
}
