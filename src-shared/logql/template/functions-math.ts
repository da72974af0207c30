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

/** A product or sum of decimal numbers without the error of binary ones, as a decimal library gives it. */
function decimal(value: number): number {
  return Number(value.toPrecision(15));
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
  addf: variadic(["any"], (args) => decimal(args.reduce<number>((sum, value) => sum + toFloat64(value), 0))),
  subf: variadic(["any", "any"], (args) => decimal(foldFloat(args, (left, right) => left - right))),
  mulf: variadic(["any", "any"], (args) => decimal(foldFloat(args, (left, right) => left * right))),
  divf: variadic(["any", "any"], (args) => foldFloat(args, divide)),
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

function divide(left: number, right: number): number {
  if (right === 0) throw new TemplateCallError("decimal division by 0");
  return left / right;
}
