import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { TargetAnswer } from "../scraping/scrape-target.ts";
import { pageJson } from "../scraping/page-json.ts";
import { isHtml } from "../scraping/target-outcome.ts";

/** A member as a ring page tells it. Times are milliseconds since the epoch by the teller's clock. */
export interface RingPageMember {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly zone: string;
  readonly heartbeatMs: number | null;
  readonly registeredMs: number | null;
  readonly readOnly: boolean;
  /** Each once, in no order. */
  readonly tokens: readonly number[];
}

export interface RingPage {
  readonly members: readonly RingPageMember[];
  readonly nowMs: number | null;
}

/** Far above any ring; a page of 64 MB could hold millions. */
const MOST_MEMBERS = 20_000;
const MOST_TOKENS = 4_000_000;
const MOST_CHARACTERS = 300;
const HIGHEST_TOKEN = 2 ** 32 - 1;

const text = z
  .string()
  .catch("")
  .transform((value) => value.slice(0, MOST_CHARACTERS));
/** RFC 3339; Go's zero time (`0001-01-01T00:00:00Z`) stands for none. */
const time = z
  .string()
  .catch("")
  .transform((value) => {
    const ms = Date.parse(value);
    return ms > 0 ? ms : null;
  });

/** dskit `ring/ring_http.go`; `shards` is `null` while nobody has joined. */
const pageSchema = z.object({
  shards: z
    .array(
      z.object({
        id: z.string().transform((value) => value.slice(0, MOST_CHARACTERS)),
        address: text,
        state: text,
        zone: text,
        timestamp: time,
        registered_timestamp: time,
        read_only: z.boolean().catch(false),
        // Looked at by hand: there are hundreds of thousands.
        tokens: z
          .array(z.unknown())
          .nullish()
          .transform((tokens) => tokens ?? []),
      }),
    )
    .max(MOST_MEMBERS)
    .nullable(),
  now: time,
});

/**
 * The ring of a page, or `null` where there is none: an unknown route, a redirect to a page of Loki's own interface, or the
 * HTML note that says the ring is not used, which is sent whatever was accepted.
 * @throws AppError `loki.bad-response` for anything else that is no ring page
 */
export function readRingPage(answer: TargetAnswer): RingPage | null {
  const { status } = answer;
  if (status === 404 || (status >= 300 && status < 400)) return null;
  if (status === 200 && isHtml(answer)) return null;
  if (status === 401 || status === 403) throw new AppError("loki.unauthorized", { status });
  if (status !== 200) throw new AppError("loki.bad-response", { status, problem: "no ring page" });
  const page = pageJson(answer, pageSchema, "ring");
  const shards = page.shards ?? [];
  if (shards.reduce((sum, { tokens }) => sum + tokens.length, 0) > MOST_TOKENS) {
    throw new AppError("loki.bad-response", { status, problem: `more than ${MOST_TOKENS} tokens` });
  }
  const members = shards.map(
    ({ timestamp, registered_timestamp: registeredMs, read_only: readOnly, tokens, ...told }) => ({
      ...told,
      heartbeatMs: timestamp,
      registeredMs,
      readOnly,
      tokens: distinctTokens(tokens, status),
    }),
  );
  return { members, nowMs: page.now };
}

function distinctTokens(tokens: readonly unknown[], status: number): readonly number[] {
  let increasing = true;
  let before = -1;
  const numbers = tokens.filter((token): token is number => {
    if (typeof token !== "number" || !Number.isInteger(token) || token < 0 || token > HIGHEST_TOKEN) {
      throw new AppError("loki.bad-response", { status, problem: "a token that is no 32-bit number" });
    }
    increasing &&= token > before;
    before = token;
    return true;
  });
  return increasing ? numbers : [...new Set(numbers)];
}
