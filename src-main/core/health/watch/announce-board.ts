import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Verdict } from "../../../../src-shared/model/health/verdict.ts";
import type { Announcer } from "../../common/topics.ts";

/** Verdicts that somebody should be told of who looks elsewhere. */
const TOLD: ReadonlySet<Verdict> = new Set(["gray", "down"]);
const MOST_NAMES = 5;

/** Says that boards change, and tells a person which components became gray or down and which are so no longer. */
export class BoardAnnouncer {
  readonly #announcer: Announcer;
  readonly #told = new Map<string, Verdict>();

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  /** `name` is the site's, for a person. */
  board(board: SiteHealth, name: string): void {
    this.#announcer.changed("health");
    for (const { component, verdict } of board.components) {
      const told = this.#told.get(component);
      // Where nothing is known, what was told neither holds nor has ended.
      if (told === verdict || verdict === "unknown") continue;
      const params = { site: name, component };
      if (TOLD.has(verdict)) {
        this.#told.set(component, verdict);
        this.#announcer.notice({
          key: `health.${verdict}`,
          severity: verdict === "down" ? "error" : "warning",
          params: { ...params, instances: blamed(board, component) },
        });
      } else if (told !== undefined) {
        this.#told.delete(component);
        this.#announcer.notice({ key: "health.cleared", severity: "info", params });
      }
    }
  }
}

/** Names of the instances that are gray or down, a few of them. */
function blamed({ instances }: SiteHealth, component: string): string {
  const names = instances
    .filter((one) => one.component === component && TOLD.has(one.verdict))
    .map(({ instance }) => instance);
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")}, …` : names.join(", ");
}
