import { HighlightStyle, LRLanguage, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { parser } from "@grafana/lezer-logql";
import { styleTags, tags } from "@lezer/highlight";

/** LogQL for the editor: colours only. What is right and wrong is said by the parser in `src-shared/logql`. */
const language = LRLanguage.define({
  name: "logql",
  parser: parser.configure({
    props: [
      styleTags({
        "Identifier LabelName": tags.propertyName,
        String: tags.string,
        "Number Duration Bytes": tags.number,
        LineComment: tags.lineComment,
        "Pipe PipeExact PipeMatch PipePattern Npa Eq Neq Re Nre Gtr Gte Lss Lte Eql Add Sub Mul Div Mod Pow":
          tags.operator,
        "Json Logfmt Unpack Pattern Regexp Unwrap LabelFormat LineFormat Decolorize Drop Keep Ip ParserFlag":
          tags.keyword,
        "By Without And Or Unless On Ignoring GroupLeft GroupRight Bool Offset": tags.operatorKeyword,
        "Sum Avg Count Max Min Stddev Stdvar Bottomk Topk Sort Sort_Desc Approx_Topk ApproxCountDistinct":
          tags.function(tags.name),
        "LabelReplace Vector CountOverTime Rate RateCounter BytesOverTime BytesRate AvgOverTime SumOverTime":
          tags.function(tags.name),
        "MinOverTime MaxOverTime StddevOverTime StdvarOverTime QuantileOverTime FirstOverTime": tags.function(
          tags.name,
        ),
        "LastOverTime AbsentOverTime BytesConv DurationConv DurationSecondsConv": tags.function(tags.name),
      }),
    ],
  }),
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "`"] },
  },
});

const colors = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent-strong)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--warning)" },
  { tag: tags.lineComment, color: "var(--text-faint)", fontStyle: "italic" },
  { tag: tags.operator, color: "var(--text-muted)" },
  { tag: tags.keyword, color: "var(--gray-failure)" },
  { tag: tags.operatorKeyword, color: "var(--gray-failure)" },
  { tag: tags.function(tags.name), color: "var(--level-info)" },
]);

export function logQlLanguage(): LanguageSupport {
  return new LanguageSupport(language, [syntaxHighlighting(colors)]);
}
