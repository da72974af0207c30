/** The pieces of Go's reference time that a layout may have; anything else in it is literal. */
const ELEMENTS = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "2006",
  "-07:00:00",
  "-070000",
  "-07:00",
  "-0700",
  "-07",
  "Z07:00:00",
  "Z070000",
  "Z07:00",
  "Z0700",
  "Z07",
  "002",
  "__2",
  "_2006",
  "_2",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "15",
  "PM",
  "pm",
  "1",
  "2",
  "3",
  "4",
  "5",
] as const;

export type LayoutElement = (typeof ELEMENTS)[number];

export type LayoutPiece =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "element"; readonly element: LayoutElement }
  /** `.000` (fixed) or `.999` (without trailing zeros), also with a comma. */
  | { readonly kind: "fraction"; readonly mark: string; readonly digits: number; readonly fixed: boolean };

function elementAt(layout: string, at: number): LayoutElement | null {
  for (const element of ELEMENTS) {
    if (!layout.startsWith(element, at)) continue;
    // "Jan" inside of a longer lower-case word is no month, nor "Mon".
    if ((element === "Jan" || element === "Mon") && /[a-z]/.test(layout.charAt(at + 3))) continue;
    if (element === "_2006") return null;
    return element;
  }
  return null;
}

/** Cuts a layout into its pieces. */
export function readLayout(layout: string): readonly LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let literal = "";
  const flush = (): void => {
    if (literal !== "") pieces.push({ kind: "literal", text: literal });
    literal = "";
  };
  for (let at = 0; at < layout.length;) {
    const fraction = /^([.,])(0+|9+)(?!\d)/.exec(layout.slice(at));
    const element = fraction === null ? elementAt(layout, at) : null;
    if (fraction !== null) {
      flush();
      const [whole, mark = ".", digits = ""] = fraction;
      pieces.push({ kind: "fraction", mark, digits: digits.length, fixed: digits.startsWith("0") });
      at += whole.length;
    } else if (element === null) {
      literal += layout.charAt(at);
      at++;
    } else {
      flush();
      pieces.push({ kind: "element", element });
      at += element.length;
    }
  }
  flush();
  return pieces;
}

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
