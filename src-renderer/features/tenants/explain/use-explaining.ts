import { useCallback, useEffect, useRef, useState } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";

/** What shall be explained: a text that was pasted, or what is being refused of a tenant by the metrics. */
export type ExplainSubject =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "discards"; readonly tenant: string; readonly reason: string };

/** What was asked last, and what was answered. */
export interface Explaining {
  readonly subject: ExplainSubject | null;
  readonly answers: readonly RefusalExplanation[] | undefined;
  readonly error: WireError | undefined;
  readonly pending: boolean;
  readonly explain: (subject: ExplainSubject) => void;
}

type State = Omit<Explaining, "explain">;

const NOTHING: State = { subject: null, answers: undefined, error: undefined, pending: false };

/** Asks when a person says so and never by itself: each question about discards leaves an audit entry. */
export function useExplaining(site: Site["id"]): Explaining {
  const { api } = useRpc();
  const asking = useRef<AbortController>(null);
  const [state, setState] = useState<State>(NOTHING);
  useEffect(() => () => asking.current?.abort(), []);
  const explain = useCallback(
    (subject: ExplainSubject): void => {
      asking.current?.abort();
      const asked = new AbortController();
      asking.current = asked;
      setState({ subject, answers: undefined, error: undefined, pending: true });
      const { signal } = asked;
      const question =
        subject.kind === "text"
          ? api.tenants.explain({ site, text: subject.text }, { signal })
          : api.tenants
              .explainDiscards(
                { site, tenant: tenantIdSchema.parse(subject.tenant), reason: subject.reason },
                { signal },
              )
              .then((one) => [one]);
      question.then(
        (answers) => {
          if (!signal.aborted) setState({ subject, answers, error: undefined, pending: false });
        },
        (error: unknown) => {
          if (!signal.aborted) setState({ subject, answers: undefined, error: wireErrorOf(error), pending: false });
        },
      );
    },
    [api, site],
  );
  return { ...state, explain };
}
