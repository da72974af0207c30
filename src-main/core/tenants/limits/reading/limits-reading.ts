import { explainRefusal } from "../../refusal/explain-refusal.ts";
import { readRuntimeOverrides, type RuntimeOverride, type RuntimeOverrides } from "../runtime-overrides.ts";
import { readConfigFacts, readPublishedLimits } from "./config-facts.ts";
import type { OverridesSummary, ReadingAnswers, ReadingRequest } from "./reading-protocol.ts";

/** Files that are kept read; a console watches four sites. */
const MOST_FILES = 8;
const MOST_PROBLEMS = 200;

/** What the reading thread does: it keeps files of overrides read, and hands out a summary and single tenants. */
export class LimitsReading {
  readonly #files = new Map<number, RuntimeOverrides>();
  #given = 0;

  answer(request: ReadingRequest): ReadingAnswers[keyof ReadingAnswers] {
    switch (request.kind) {
      case "overrides":
        return this.#open(request.text, request.keys);
      case "tenant":
        return this.#tenant(request.handle, request.tenant);
      case "config":
        return readConfigFacts(request.text);
      case "published":
        return readPublishedLimits(request.text);
      case "refusals":
        return explainRefusal(request.text);
    }
  }

  #open(text: string, keys: readonly string[]): OverridesSummary {
    const read = readRuntimeOverrides(text);
    this.#given += 1;
    this.#files.set(this.#given, read);
    const [oldest] = this.#files.keys();
    if (this.#files.size > MOST_FILES && oldest !== undefined) this.#files.delete(oldest);
    const refused = read.problems.filter(({ severity }) => severity === "refused");
    const warnings = read.problems.filter(({ severity }) => severity === "warning");
    return {
      handle: this.#given,
      loads: read.loads,
      problems: [...refused, ...warnings].slice(0, MOST_PROBLEMS),
      tenants: [...read.tenants.keys()],
      counts: Uint32Array.from(read.tenants.values(), (own) => own.length),
      numbers: Object.fromEntries(keys.map((key) => [key, numbersOf(read, key)])),
    };
  }

  #tenant(handle: number, tenant: string): readonly RuntimeOverride[] | null {
    const file = this.#files.get(handle);
    return file === undefined ? null : (file.tenants.get(tenant) ?? []);
  }
}

function numbersOf({ tenants }: RuntimeOverrides, key: string): Float64Array {
  return Float64Array.from(tenants.values(), (own) => {
    // Of a key that comes twice Loki takes nothing of the file at all.
    const override = own.find((candidate) => candidate.key === key);
    return override?.value.number ?? Number.NaN;
  });
}
