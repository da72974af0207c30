import { AppError } from "../../src-shared/errors/app-error.ts";

const PREFIXES = ["", "k", "m", "g", "t", "p"];

/** A size in bytes: `500GB` and `2 TB` are powers of 1000, `1.5TiB` of 1024, `1000` bytes. Throws `request.invalid`. */
export function sizeArgument(option: string, text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?\s*$/i.exec(text);
  const [, digits = "", prefix = "", binary = ""] = match ?? [];
  const power = PREFIXES.indexOf(prefix.toLowerCase());
  if (match === null || (power === 0 && binary !== "")) {
    throw new AppError("request.invalid", { path: option, problem: "500GB | 2TB | 1.5TiB" });
  }
  return Math.round(Number(digits) * (binary === "" ? 1_000 : 1_024) ** power);
}
