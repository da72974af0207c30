import type { ArithmeticOp, CompareOp } from "../ast.ts";

/** Go's `math.Mod` on what Loki guards: anything modulo zero is NaN, the sign is the dividend's. */
function modulo(left: number, right: number): number {
  return right === 0 ? Number.NaN : left % right;
}

export function arithmetic(op: ArithmeticOp, left: number, right: number): number {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? Number.NaN : left / right;
    case "%":
      return modulo(left, right);
    case "^":
      return left ** right;
  }
}

export function compares(op: CompareOp, left: number, right: number): boolean {
  switch (op) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
  }
}

export function isCompareOp(op: string): op is CompareOp {
  return op === "==" || op === "!=" || op === ">" || op === ">=" || op === "<" || op === "<=";
}

/** The value of an operator between two numbers; a comparison gives 1 or 0. */
export function compareOrCompute(op: ArithmeticOp | CompareOp, left: number, right: number): number {
  if (isCompareOp(op)) return compares(op, left, right) ? 1 : 0;
  return arithmetic(op, left, right);
}
