/** The lab writes indexes of its own; tests write them with the same hand. */
export {
  type BuiltIndex,
  buildTsdbIndex,
  type TsdbChunkRecipe,
  type TsdbRecipe,
} from "../../src-main/lab/storage/tsdb-index.ts";
