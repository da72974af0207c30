import type {
  LimitArea,
  LimitDefinition,
  LimitType,
  LimitUnit,
  LimitYaml,
} from "../../../../src-shared/model/tenants/limit.ts";

type Rest = Partial<Omit<LimitDefinition, "key" | "type" | "unit" | "area" | "builtIn">>;

/** A row of the table of limits: `define(key, type, unit, built-in default, what is out of the ordinary)`. */
export type DefineLimit = (
  key: string,
  type: LimitType,
  unit: LimitUnit,
  builtIn: LimitYaml,
  rest?: Rest,
) => LimitDefinition;

export function limitsOf(area: LimitArea): DefineLimit {
  return (key, type, unit, builtIn, rest = {}) => ({
    key,
    type,
    unit,
    area,
    builtIn,
    printedWhenEmpty: true,
    use: null,
    discardReason: null,
    zero: "plain",
    choices: null,
    fields: null,
    perTenant: true,
    deprecated: false,
    ...rest,
  });
}

/** What a limit refuses is counted with this reason. */
export function discards(discardReason: string): Rest {
  return { discardReason };
}
