import { z } from "zod";

/**
 * Where a claim lies: `realm_access.roles`, cut at its dots, or a list of names where a name has dots itself:
 * `["https://bank.example/roles"]`.
 */
export const claimPathSchema = z
  .union([
    z
      .string()
      .min(1)
      .max(500)
      .transform((path) => path.split(".")),
    z.array(z.string()),
  ])
  .pipe(z.array(z.string().min(1).max(500)).min(1).max(16));

export type ClaimPath = readonly string[];

/**
 * The texts at a path: of one text, or of a list of texts. Anything else, also inside the list, is no value: a right
 * must be said in so many words. More than `maxValues` are `null`.
 */
export function claimValues(
  claims: Readonly<Record<string, unknown>>,
  path: ClaimPath,
  maxValues: number,
): readonly string[] | null {
  let place: unknown = claims;
  for (const name of path) {
    if (typeof place !== "object" || place === null || Array.isArray(place)) return [];
    if (!Object.hasOwn(place, name)) return [];
    place = Reflect.get(place, name);
  }
  if (typeof place === "string") return [place];
  if (!Array.isArray(place)) return [];
  if (place.length > maxValues) return null;
  return place.filter((value) => typeof value === "string");
}
