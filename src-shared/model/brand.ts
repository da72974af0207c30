declare const brand: unique symbol;

/** A primitive that cannot be swapped with another of the same kind: two strings, two meanings. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
