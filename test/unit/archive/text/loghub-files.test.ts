import { expect, it } from "vitest";
import { formatNanoUtc } from "../../../../src-shared/model/nano-time.ts";
import { openTextFiles } from "../../../../src-main/core/archive/text/open-text-files.ts";
import { temporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, openedText, openParts, questionsOf } from "../../../builders/text-archives.ts";

/** Real logs of eight programs; first and last times as a person reads them in the files, in UTC. */
const FILES = [
  ["Apache", "asctime", "2005-12-04T04:47:44.000000000Z", "2005-12-05T19:15:57.000000000Z", ["zone"]],
  ["HDFS", "yymmdd", "2008-11-09T20:36:15.000000000Z", "2008-11-11T10:20:17.000000000Z", ["zone"]],
  ["Hadoop", "iso", "2015-10-18T18:01:47.978000000Z", "2015-10-18T18:10:55.202000000Z", ["zone"]],
  ["Linux", "syslog", "2005-06-14T15:16:01.000000000Z", "2005-07-27T14:42:00.000000000Z", ["zone", "year"]],
  ["OpenSSH", "syslog", "2005-12-10T06:55:46.000000000Z", "2005-12-10T11:04:45.000000000Z", ["zone", "year"]],
  ["OpenStack", "iso@token1", "2017-05-16T00:00:00.008000000Z", "2017-05-16T00:14:47.687000000Z", ["zone"]],
  ["Spark", "yy/mm/dd", "2017-06-09T20:10:40.000000000Z", "2017-06-09T20:11:11.000000000Z", ["zone"]],
  ["Zookeeper", "iso", "2015-07-29T17:41:44.747000000Z", "2015-08-10T18:12:34.004000000Z", ["zone"]],
] as const;

it.each(FILES)(
  "%s is read by the rule %s, from its first to its last entry",
  async (name, rule, first, last, asked) => {
    using work = temporaryDirectory();
    const file = `test/fixtures/loghub/${name}_2k.log`;

    const questions = questionsOf(await openTextFiles([file], {}, openParts(work.path)));
    expect(Object.keys(questions)).toEqual(asked);

    const contents = await openedText([file], work.path, { zone: "UTC", year: 2005 });
    const entries = entriesOf(contents.blocks);
    expect(contents.formats).toEqual([`text: ${rule}`]);
    expect(entries).toHaveLength(2_000);
    expect([entries[0], entries.at(-1)].map((entry) => formatNanoUtc(entry?.ns ?? 0n))).toEqual([first, last]);
    expect(entries.filter(({ line }) => /[\r\n]/.test(line))).toEqual([]);
    expect(contents.problems).toEqual([]);
    expect(contents.dropsDuplicates).toBe(false);
    expect(contents.blocks.map(({ streams }) => streams)).toEqual([[{ filename: `${name}_2k.log` }]]);
  },
);
