import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Site } from "../../src-shared/api/sites.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { SiteHealth } from "../../src-shared/model/health/site-health.ts";
import { useRpcStream } from "../rpc/use-rpc-stream.ts";
import { wireErrorOf } from "./wire-error-of.ts";

/** A site's board as it was last told. */
export interface WatchedSite {
  readonly site: Site;
  /** `undefined` until the watch has said something. */
  readonly health: SiteHealth | undefined;
  /** The watch has ended with it; `health` stays what it was. */
  readonly error: WireError | undefined;
  /** Begins to watch anew. */
  readonly retry: () => void;
}

const SiteHealthContext = createContext<WatchedSite | null>(null);

interface SiteHealthProviderProps {
  readonly site: Site;
  /** Not to be watched by this person: nothing is asked, and nothing is known. */
  readonly paused?: boolean;
  readonly children: ReactNode;
}

/** Watches one site for everything inside it: one subscription. Give it the site's id as `key`. */
export function SiteHealthProvider({ site, paused = false, children }: SiteHealthProviderProps): ReactElement {
  const [attempt, setAttempt] = useState(0);
  const [health, setHealth] = useState<SiteHealth>();
  const [error, setError] = useState<WireError>();
  const watched = useMemo<WatchedSite>(
    () => ({
      site,
      health,
      error,
      retry: () => {
        setError(undefined);
        setAttempt((before) => before + 1);
      },
    }),
    [site, health, error],
  );
  return (
    <SiteHealthContext value={watched}>
      {paused ? null : <Feed key={attempt} onError={setError} onHealth={setHealth} site={site.id} />}
      {children}
    </SiteHealthContext>
  );
}

interface FeedProps {
  readonly site: Site["id"];
  readonly onHealth: (health: SiteHealth) => void;
  readonly onError: (error: WireError) => void;
}

function Feed({ site, onHealth, onError }: FeedProps): null {
  useRpcStream("health", "watch", { site }, { onData: onHealth, onError: (error) => onError(wireErrorOf(error)) });
  return null;
}

/** The board of the site around this component. */
export function useSiteHealth(): WatchedSite {
  const watched = useContext(SiteHealthContext);
  if (watched === null) throw new Error("no watched site around this component");
  return watched;
}
