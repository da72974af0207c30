import { formatGoFloat } from "../text/go-number.ts";
import {
  addDecimals,
  type Decimal,
  divideDecimals,
  fromDecimal,
  multiplyDecimals,
  subtractDecimals,
  toDecimal,
} from "./decimal.ts";
import { fixed, TemplateCallError, type TemplateFunction, variadic } from "./function-type.ts";
import { toFloat64, toInt64 } from "./go-cast.ts";
import { GoInt64, type GoValue } from "./go-value.ts";

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw new TemplateCallError("runtime error: integer divide by zero");
  return divisor;
}

function fold(args: readonly GoValue[], step: (sum: bigint, next: bigint) => bigint): GoInt64 {
  const [first = 0n, ...rest] = args.map(toInt64);
  return new GoInt64(rest.reduce(step, first));
}

function foldFloat(args: readonly GoValue[], step: (sum: number, next: number) => number): number {
  const [first = 0, ...rest] = args.map(toFloat64);
  return rest.reduce(step, first);
}

type DecimalStep = (left: Decimal, right: Decimal) => Decimal;

function foldDecimal(args: readonly GoValue[], step: DecimalStep): number {
  const [first = 0, ...rest] = args.map(finite);
  return fromDecimal(rest.reduce((sum, next) => step(sum, toDecimal(next)), toDecimal(first)));
}

function finite(value: GoValue): number {
  const number = toFloat64(value);
  if (!Number.isFinite(number)) throw new TemplateCallError(`Cannot create a Decimal from ${formatGoFloat(number)}`);
  return number;
}

function divide(left: Decimal, right: Decimal): Decimal {
  if (right.coefficient === 0n) throw new TemplateCallError("decimal division by 0");
  return divideDecimals(left, right);
}

function round(value: number, places: number, threshold: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= threshold ? Math.ceil(digit) : Math.floor(digit)) / power;
}

export const MATH_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  int: fixed(["any"], ([value]) => toInt64(value)),
  float64: fixed(["any"], ([value]) => toFloat64(value)),
  add: variadic(["any"], (args) => new GoInt64(args.reduce<bigint>((sum, value) => sum + toInt64(value), 0n))),
  sub: fixed(["any", "any"], ([left, right]) => new GoInt64(toInt64(left) - toInt64(right))),
  mul: variadic(["any", "any"], (args) => fold(args, (product, next) => product * next)),
  div: fixed(["any", "any"], ([left, right]) => new GoInt64(toInt64(left) / nonZero(toInt64(right)))),
  mod: fixed(["any", "any"], ([left, right]) => new GoInt64(toInt64(left) % nonZero(toInt64(right)))),
  addf: variadic(["any"], (args) => foldDecimal(args, addDecimals)),
  subf: variadic(["any", "any"], (args) => foldDecimal(args, subtractDecimals)),
  mulf: variadic(["any", "any"], (args) => foldDecimal(args, multiplyDecimals)),
  divf: variadic(["any", "any"], (args) => foldDecimal(args, divide)),
  max: variadic(["any", "any"], (args) => fold(args, (most, next) => (next > most ? next : most))),
  min: variadic(["any", "any"], (args) => fold(args, (least, next) => (next < least ? next : least))),
  maxf: variadic(["any", "any"], (args) => foldFloat(args, (most, next) => Math.max(most, next))),
  minf: variadic(["any", "any"], (args) => foldFloat(args, (least, next) => Math.min(least, next))),
  ceil: fixed(["any"], ([value]) => Math.ceil(toFloat64(value))),
  floor: fixed(["any"], ([value]) => Math.floor(toFloat64(value))),
  round: variadic(["any", "int", "float64"], ([value = null, places = 0n, threshold]) =>
    round(toFloat64(value), Number(toInt64(places)), threshold === undefined ? 0.5 : toFloat64(threshold)),
  ),
};
