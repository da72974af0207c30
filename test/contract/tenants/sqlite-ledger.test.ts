import { SqliteLedger } from "../../../src-main/core/tenants/ledger/sqlite-ledger.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";
import { describeLedger } from "./ledger.contract.ts";

describeLedger("a SQLite file", async () => {
  const directory = temporaryDirectory();
  const clock = new ManualClock();
  const connect = async () =>
    new SqliteLedger({
      file: directory.file("ledger.sqlite"),
      clock,
      onDamaged: (told) => {
        throw told;
      },
    });
  const ledger = await connect();
  return {
    clock,
    ledger,
    connect,
    where: directory.file("ledger.sqlite"),
    [Symbol.asyncDispose]: async () => {
      await ledger[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
});
