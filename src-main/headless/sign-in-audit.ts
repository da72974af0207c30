import type { AuditSubject } from "../../src-shared/api/procedure.ts";
import type { AuditTrail } from "../core/audit/audit-trail.ts";
import type { Clock } from "../core/common/clock.ts";
import type { Logger } from "../core/common/logger.ts";
import type { Caller } from "../rpc/call-context.ts";

/** Who is not known, and what they may do. */
const NOBODY = { principal: "-", role: "none" } as const;
/** Refusals that are written at once within a minute; who has no session must not be able to fill the disk. */
const REFUSALS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * Sign-ins, refusals and sign-outs in the audit log. Past a bound, refusals of a minute are counted, and the next entry
 * says how many there were.
 */
export class SignInAudit {
  readonly #audit: AuditTrail;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #minuteBeganMs = 0;
  #written = 0;
  #unwritten = 0;

  constructor(audit: AuditTrail, clock: Clock, logger: Logger) {
    this.#audit = audit;
    this.#clock = clock;
    this.#logger = logger;
  }

  async signedIn({ principal, role }: Caller, subject: AuditSubject): Promise<void> {
    await this.#audit.note(
      { principal, role, action: "session.signIn", auditClass: "security", subject },
      "succeeded",
      null,
    );
  }

  async signedOut({ principal, role }: Caller, subject: AuditSubject): Promise<void> {
    await this.#audit.note(
      { principal, role, action: "session.signOut", auditClass: "security", subject },
      "succeeded",
      null,
    );
  }

  /** `code` is an error's; `who` is `null` for whoever was not recognised. */
  async refused(code: string, subject: AuditSubject, who: Pick<Caller, "principal" | "role"> | null): Promise<void> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#minuteBeganMs >= MINUTE_MS) {
      this.#minuteBeganMs = nowMs;
      this.#written = 0;
    }
    if (this.#written >= REFUSALS_A_MINUTE) {
      this.#unwritten += 1;
      this.#logger.warn("a sign-in was refused", { code, ...subject });
      return;
    }
    this.#written += 1;
    const before = this.#unwritten;
    const record = {
      ...NOBODY,
      ...(who === null ? {} : { principal: who.principal, role: who.role }),
      action: "session.signIn",
      auditClass: "security",
      subject: before === 0 ? subject : { ...subject, unwrittenBefore: before },
    } as const;
    await this.#audit.note(record, "refused", code);
    this.#unwritten -= before;
  }
}
