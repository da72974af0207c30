import type { LimitUnit } from "../../src-shared/model/tenants/limit.ts";
import type { RefusalExplanation } from "../../src-shared/model/tenants/explanation.ts";
import { amountWords } from "./amount-words.ts";
import type { CliText } from "./cli-text.ts";
import { terminalSafe } from "./terminal.ts";

const MOST_CHARACTERS = 300;

/** One explanation as lines of text. */
export function explanationText(text: CliText, explanation: RefusalExplanation): string {
  const { reason, tenant, limit, value, valueFrom, asked, stream, ignored, unit, gauge } = explanation;
  const facts: readonly (readonly [string, string | null])[] = [
    ["tenant", tenant],
    ["limit", limit],
    ["value", value === null ? null : `${value} (${valueFrom})`],
    ["asked", asked],
    ["stream", stream],
    ["ignored", ignored === null ? null : `${ignored.lines}/${ignored.of}`],
    ["used", gauge === null ? null : `${amountWords(gauge.used, gauge.unit)}${shareWords(gauge.share)}`],
  ];
  const told = facts.flatMap(([name, fact]) => (fact === null ? [] : [`  ${name.padEnd(8)} ${cut(fact)}`]));
  const senders = explanation.senders.map(({ stream: sent, pod, workload, namespace, bytesPerSecond, share }) => {
    const who = [workload, pod, namespace].filter((part) => part !== null).join(" · ");
    const much = bytesPerSecond === null ? "" : ` ${amountWords(bytesPerSecond, "bytes-per-second")}`;
    return `  ← ${cut(sent)}${much}${shareWords(share)}${who === "" ? "" : ` — ${cut(who)}`}`;
  });
  const lines = [
    reasonWords(text, reason),
    ...told,
    ...explanation.notes.map((note) => `  · ${text.sentence(`tenants.refusal.note.${note}`)}`),
    ...senders,
    ...explanation.advice.map(
      ({ kind, params }, at) => `  ${at + 1}. ${text.sentence(`tenants.advice.${kind}`, words(params, unit))}`,
    ),
    ...explanation.gaps.map(({ key, params }) => `  ? ${text.sentence(`tenants.gap.${key}`, words(params, unit))}`),
  ];
  return `${lines.map((line) => terminalSafe(line)).join("\n")}\n`;
}

/** Later versions of Loki have reasons that nobody here knows. */
function reasonWords(text: CliText, reason: string): string {
  const key = `tenants.refusal.reason.${reason}`;
  const sentence = text.sentence(key);
  return sentence === key ? reason : `${reason}: ${sentence}`;
}

function words(
  params: Readonly<Record<string, string | number>>,
  unit: RefusalExplanation["unit"],
): Record<string, string | number> {
  const plain: LimitUnit = unit === "time" ? "none" : unit;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "string") return [name, cut(value)];
      if (name === "share") return [name, `${(value * 100).toFixed(0)} %`];
      return [name, name === "from" || name === "to" ? amountWords(value, plain) : value];
    }),
  );
}

function shareWords(share: number | null): string {
  return share === null ? "" : ` (${(share * 100).toFixed(1)} %)`;
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
