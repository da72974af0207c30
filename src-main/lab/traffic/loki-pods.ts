import { othersQueryLine } from "./others-queries.ts";
import type { LineMoment, WrittenLine } from "./traffic-source.ts";

const TENANTS = ["retail-bank", "cards", "treasury"] as const;

function head(level: string, moment: LineMoment, caller: string): string {
  return stamped(level, moment, `caller=${caller}`);
}

function stamped(level: string, { atMs, random }: LineMoment, text: string): string {
  const ts = `${new Date(atMs).toISOString().replace("Z", "")}${String(random.int(0, 999_999)).padStart(6, "0")}Z`;
  return `level=${level} ts=${ts} ${text}`;
}

/** What a component of Loki writes about itself, in its own logfmt. */
export function writeLokiComponent(component: string): (moment: LineMoment) => WrittenLine {
  return (moment) => {
    const { random } = moment;
    const tenant = random.pick(TENANTS);
    if (moment.incident !== null && random.chance(moment.incident.strength * 0.1)) {
      const line = `${head("warn", moment, "memberlist_logger.go:74")} msg="got ping for unexpected node" from=10.244.${random.int(0, 3)}.${random.int(10, 30)}:7946`;
      return { line, level: "warn" };
    }
    switch (component) {
      case "ingester": {
        const line = `${head("info", moment, "flush.go:304")} component=ingester msg="flushing stream" user=${tenant} fp=${random.hex(16)} immediate=false num_chunks=${random.int(1, 3)} total_comp="${random.int(90, 900)} kB" avg_comp="${random.int(80, 400)} kB" total_uncomp="${(random.next() * 4 + 0.4).toFixed(1)} MB" avg_uncomp="${(random.next() + 0.4).toFixed(1)} MB" full=0 idle=1 max_age=0 labels="{app=\\"payments\\"}"`;
        return { line, level: "info" };
      }
      case "distributor":
        return {
          line: `${head("info", moment, "push.go:133")} org_id=${tenant} msg="push request parsed" path=/loki/api/v1/push contentType=application/x-protobuf entries=${random.int(20, 400)} streamLabelsSize="1.2 kB" entriesSize="${random.int(8, 90)} kB" totalSize="${random.int(10, 99)} kB" mostRecentLagMs=${random.int(40, 900)}`,
          level: "info",
        };
      case "query-frontend":
        return { line: stamped("info", moment, othersQueryLine(random, moment.atMs)), level: "info" };
      case "querier": {
        const took = random.latencyMs(60);
        const line = `${head("info", moment, "metrics.go:285")} component=querier org_id=${tenant} latency=fast query="{app=\\"payments\\"} |= \\"timeout\\"" query_hash=${random.int(1, 4_000_000_000)} query_type=filter range_type=range length=1h0m0s start_delta=1h0m0.${random.int(100, 999)}s end_delta=${random.int(100, 999)}ms step=14s duration=${took}ms status=200 limit=100 returned_lines=${random.int(0, 100)} throughput=${random.int(20, 400)}MB total_bytes=${random.int(1, 90)}MB total_lines=${random.int(1_000, 90_000)} splits=4 shards=16`;
        return { line, level: "info" };
      }
      case "compactor":
        return {
          line: `${head("info", moment, "compactor.go:722")} msg="finished compacting table" table-name=index_${20_000 + random.int(0, 900)}`,
          level: "info",
        };
      case "ruler":
        return {
          line: `${head("info", moment, "group_key.go:75")} user=${tenant} msg="rule group evaluated" group=payments duration=${random.latencyMs(20)}ms`,
          level: "info",
        };
      case "gateway":
        return {
          line: `10.244.0.1 - ${tenant} [${new Date(moment.atMs).toUTCString()}]  ${random.pick([204, 204, 204, 200])} "POST /loki/api/v1/push HTTP/1.1" 0 "-" "promtail/3.6.15" "-"`,
          level: "unknown",
        };
      default:
        return {
          line: `${head("info", moment, "table_manager.go:136")} index-store=tsdb-2024-04-01 msg="uploading tables"`,
          level: "info",
        };
    }
  };
}

/** What Promtail writes when all is well: files that it finds and lets go of. */
export function writeCollector(moment: LineMoment): WrittenLine {
  const { random } = moment;
  const path = `/var/log/pods/*${random.hex(8)}-${random.hex(8)}/${random.pick(["payments", "ledger", "authorizer", "pricing"])}/*.log`;
  const line = random.chance(0.5)
    ? `${head("info", moment, "filetargetmanager.go:361")} msg="Adding target" key="/var/log/pods/${path}"`
    : `${head("info", moment, "tailer.go:147")} component=tailer msg="tail routine: started" path=${path}`;
  return { line, level: "info" };
}
