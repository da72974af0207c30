import type { IncomingMessage } from "node:http";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { bearerTokenOf } from "../core/identity/bearer-token.ts";
import type { BearerWay } from "../core/identity/identities.ts";
import { tokenRefused } from "../core/identity/refusals.ts";
import type { Caller } from "../rpc/call-context.ts";
import { tokenSubject } from "./oidc-routes.ts";
import type { SignInAudit } from "./sign-in-audit.ts";
import { refusalSubject, signInFailure } from "./sign-in-failure.ts";
import { signedInCaller } from "./signed-in-caller.ts";

/** What a request's `Authorization` came to. `none`: there is none, and a session may speak for the request. */
export type BearerOutcome =
  | { readonly kind: "none" }
  | { readonly kind: "caller"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly failure: AppError };

/** Recognises whoever brings a token instead of a session. */
export class BearerCallers {
  readonly #way: BearerWay;
  readonly #audit: SignInAudit;

  constructor(way: BearerWay, audit: SignInAudit) {
    this.#way = way;
    this.#audit = audit;
  }

  /**
   * A token that is there decides alone: one that does not hold is refused though a session would have let the request in.
   * Refusals are written into the audit; with `announces`, so is the sign-in.
   */
  async recognise(request: IncomingMessage, announces: boolean, signal: AbortSignal): Promise<BearerOutcome> {
    const headers = request.headersDistinct["authorization"];
    if (headers === undefined) return { kind: "none" };
    const subject: Record<string, string | number | boolean | null> = {
      by: "bearer",
      address: request.socket.remoteAddress ?? null,
    };
    try {
      // Of two, a proxy in front may have looked at the other.
      const token = headers.length === 1 ? bearerTokenOf(headers[0]) : null;
      if (token === null) throw tokenRefused("malformed");
      const verified = await this.#way.verify(token, signal);
      Object.assign(subject, tokenSubject(verified));
      const caller = signedInCaller(await this.#way.standing(verified, signal));
      if (announces) await this.#audit.signedIn(caller, { ...subject, name: caller.name });
      return { kind: "caller", caller };
    } catch (error) {
      if (signal.aborted) return { kind: "refused", failure: new AppError("request.cancelled", {}) };
      const failure = signInFailure(error);
      if (failure.code.startsWith("audit.")) throw failure;
      await this.#audit.refused(failure.code, { ...subject, ...refusalSubject(failure) }, null);
      return { kind: "refused", failure };
    }
  }
}
