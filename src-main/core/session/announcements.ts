import type { Notice, Topic } from "../../../src-shared/api/session.api.ts";
import type { Announcer } from "../common/topics.ts";
import type { Clock } from "../common/clock.ts";

export type Announcement =
  | { readonly kind: "changed"; readonly topics: Topic[] }
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "open-link"; readonly url: string };

/** At most four a second reach a page, however often something changes. */
const COALESCE_MS = 250;
/** A page that does not read loses the oldest notices, never the newest. */
const MAX_WAITING = 200;

/** Hands what changed on to every page that listens: changes coalesced by topic, notices and links one by one. */
export class Announcements implements Announcer {
  readonly #clock: Clock;
  readonly #listeners = new Set<(announcement: Announcement) => void>();
  readonly #changed = new Set<Topic>();
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  changed(topic: Topic): void {
    this.#changed.add(topic);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.after(COALESCE_MS, () => {
      this.#scheduled = false;
      const topics = [...this.#changed];
      this.#changed.clear();
      this.#tell({ kind: "changed", topics });
    });
  }

  notice(notice: Notice): void {
    this.#tell({ kind: "notice", notice });
  }

  /** A `kubemate://` link that came from outside; the page checks what is in it. */
  openLink(url: string): void {
    this.#tell({ kind: "open-link", url });
  }

  /** Calls back, coalesced as for pages, when a topic changed; the answer ends it. */
  onChanged(topic: Topic, listener: () => void): () => void {
    const hear = (announcement: Announcement) => {
      if (announcement.kind === "changed" && announcement.topics.includes(topic)) listener();
    };
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** Everything from now on, until the signal is aborted. */
  async *listen(signal: AbortSignal): AsyncGenerator<Announcement, void, void> {
    const waiting: Announcement[] = [];
    let wake: (() => void) | null = null;
    const listener = (announcement: Announcement) => {
      waiting.push(announcement);
      if (waiting.length > MAX_WAITING) waiting.shift();
      wake?.();
    };
    const onAbort = () => wake?.();
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) {
          yield next;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #tell(announcement: Announcement): void {
    for (const listener of this.#listeners) listener(announcement);
  }
}
