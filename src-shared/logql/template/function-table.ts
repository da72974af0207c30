import { BUILTIN_FUNCTIONS } from "./functions-builtin.ts";
import { MATH_FUNCTIONS } from "./functions-math.ts";
import { TEXT_FUNCTIONS } from "./functions-text.ts";
import { TIME_FUNCTIONS } from "./functions-time.ts";
import type { ParamType, TemplateFunction } from "./function-type.ts";
import { GoTime } from "./go-time.ts";
import { GoInt64, type GoValue } from "./go-value.ts";

/** Every function but `and`, `or` and `call`, which are the interpreter's. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...BUILTIN_FUNCTIONS, ...MATH_FUNCTIONS, ...TEXT_FUNCTIONS, ...TIME_FUNCTIONS }),
);

/** A parameter type as Go writes it. */
export function typeName(type: ParamType): string {
  if (type === "time") return "time.Time";
  return type === "any" ? "interface {}" : type;
}

/** Whether a value may be handed over for a parameter. */
export function fits(value: GoValue, type: ParamType): boolean {
  switch (type) {
    case "any":
      return true;
    case "string":
      return typeof value === "string";
    case "int":
      return typeof value === "bigint";
    case "int64":
      return value instanceof GoInt64;
    case "float64":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "time":
      return value instanceof GoTime;
  }
}
