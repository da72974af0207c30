import type { Locale } from "../../src-shared/i18n/catalogue.ts";
import type { Role } from "../../src-shared/permissions/roles.ts";
import type { Clock } from "../core/common/clock.ts";
import type { Logger } from "../core/common/logger.ts";
import type { DoorRouter } from "./router.ts";

/** What a shell needs of the console behind it. */
export interface ConsoleHandle {
  readonly router: DoorRouter;
  /** Who sits at this machine. */
  readonly principal: string;
  readonly role: Role;
  readonly profileDirectory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The language of what the shell itself says; `null` follows the system. */
  readonly locale: Locale | null;
  /** Shows a checked `kubemate://` link in the page. */
  openLink(url: string): void;
  /** Where a link of the page may lead in a browser: the origins of the sites' trace links, and the product's own. */
  externalOrigins(): Promise<readonly string[]>;
  /** Ends what is under way and closes the profile. */
  close(): Promise<void>;
}
