import type { LabelSet } from "../../../src-shared/model/labels.ts";

/** Labels that say most about where lines come from, the narrowest last. */
const TELLING = ["filename", "job", "service_name", "app", "namespace", "cluster", "container", "pod"];

/** Where nothing is known of the streams; the label that Loki itself adds to all. */
const UNKNOWN = '{service_name=~".+"}';

/** The labels of streams, counted without keeping the streams. */
export class LabelCensus {
  readonly #labels = new Map<string, { streams: number; readonly first: string; same: boolean }>();

  add(stream: LabelSet): void {
    for (const [name, value] of Object.entries(stream)) {
      if (value === "") continue;
      const seen = this.#labels.get(name);
      if (seen === undefined) this.#labels.set(name, { streams: 1, first: value, same: true });
      else {
        seen.streams += 1;
        if (seen.first !== value) seen.same = false;
      }
    }
  }

  /**
   * The selector that takes most of the streams, all of them where any label is on all: LogQL wants one matcher that does
   * not match the empty value. Among equals a telling label is taken, with its value where there is but one.
   */
  selector(): string {
    const best = [...this.#labels].sort(
      ([nameA, a], [nameB, b]) => b.streams - a.streams || rank(nameA) - rank(nameB) || (nameA < nameB ? -1 : 1),
    )[0];
    if (best === undefined) return UNKNOWN;
    const [name, { first, same }] = best;
    return same ? `{${name}=${JSON.stringify(first)}}` : `{${name}=~".+"}`;
  }
}

function rank(name: string): number {
  const index = TELLING.indexOf(name);
  return index === -1 ? TELLING.length : index;
}
