import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { TenantsBoard } from "../../../src-shared/model/tenants/board.ts";
import { useRpcStream } from "../../rpc/use-rpc-stream.ts";
import { wireErrorOf } from "../../hooks/wire-error-of.ts";

/** The limits of a site's tenants as they were last told. */
export interface SiteLimits {
  readonly site: Site;
  /** `undefined` until the watch has said something. */
  readonly board: TenantsBoard | undefined;
  /** The watch has ended with it; `board` stays what it was. */
  readonly error: WireError | undefined;
  /** Begins to watch anew. */
  readonly retry: () => void;
}

const SiteLimitsContext = createContext<SiteLimits | null>(null);

interface SiteLimitsProviderProps {
  readonly site: Site;
  readonly children: ReactNode;
}

/** Watches the limits of one site for everything inside it: one subscription. Give it the site's id as `key`. */
export function SiteLimitsProvider({ site, children }: SiteLimitsProviderProps): ReactElement {
  const [attempt, setAttempt] = useState(0);
  const [board, setBoard] = useState<TenantsBoard>();
  const [error, setError] = useState<WireError>();
  const watched = useMemo<SiteLimits>(
    () => ({
      site,
      board,
      error,
      retry: () => {
        setError(undefined);
        setAttempt((before) => before + 1);
      },
    }),
    [site, board, error],
  );
  return (
    <SiteLimitsContext value={watched}>
      <Feed key={attempt} onBoard={setBoard} onError={setError} site={site.id} />
      {children}
    </SiteLimitsContext>
  );
}

interface FeedProps {
  readonly site: Site["id"];
  readonly onBoard: (board: TenantsBoard) => void;
  readonly onError: (error: WireError) => void;
}

function Feed({ site, onBoard, onError }: FeedProps): null {
  useRpcStream("tenants", "watch", { site }, { onData: onBoard, onError: (error) => onError(wireErrorOf(error)) });
  return null;
}

/** The limits of the site around this component. */
export function useSiteLimits(): SiteLimits {
  const watched = useContext(SiteLimitsContext);
  if (watched === null) throw new Error("no watched limits around this component");
  return watched;
}
