import type { GoTime } from "./go-time.ts";
import type { GoValue } from "./go-value.ts";

/** The Go types of parameters; `any` is `interface{}`. */
export type ParamType = "string" | "int" | "int64" | "float64" | "bool" | "time" | "any";

/** Thrown by a function: Go's `error calling NAME: MESSAGE`. */
export class TemplateCallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TemplateCallError";
  }
}

/** What a template function sees of the line it runs for. */
export interface TemplateScope {
  readonly line: string;
  readonly timestampNs: bigint;
  /** The time for `now`, nanoseconds since the epoch. */
  readonly nowNs: () => bigint;
}

export interface TemplateFunction {
  readonly params: readonly ParamType[];
  /** The last parameter takes any number of arguments. */
  readonly variadic: boolean;
  readonly call: (args: readonly GoValue[], scope: TemplateScope) => GoValue;
}

interface ParamValues {
  string: string;
  int: bigint;
  int64: bigint;
  float64: number;
  bool: boolean;
  time: GoTime;
  any: GoValue;
}

type Values<P extends readonly ParamType[]> = { readonly [I in keyof P]: ParamValues[P[I]] };

/** A function with a fixed number of arguments; the interpreter checks their types before it calls. */
export function fixed<const P extends readonly ParamType[]>(
  params: P,
  call: (args: Values<P>, scope: TemplateScope) => GoValue,
): TemplateFunction {
  // The interpreter hands over one value of the declared type for each parameter.
  return { params, variadic: false, call: (args, scope) => call(args as Values<P>, scope) };
}

/** A function whose last parameter may come any number of times. */
export function variadic(params: readonly ParamType[], call: TemplateFunction["call"]): TemplateFunction {
  return { params, variadic: true, call };
}
