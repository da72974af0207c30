import { Fragment, type ReactElement } from "react";

/** A sentence in which words between backticks are commands, routes or names of a machine. */
export function CodeText({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      {text.split("`").map((part, place, parts) => (
        // oxlint-disable-next-line react/no-array-index-key -- parts have no name but their place
        <Fragment key={place}>
          {/* One that is not closed is no command. */}
          {place % 2 === 1 && place < parts.length - 1 ? <code>{part}</code> : place % 2 === 1 ? `\`${part}` : part}
        </Fragment>
      ))}
    </>
  );
}
