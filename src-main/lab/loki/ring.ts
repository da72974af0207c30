import { goJson } from "../format/go-json.ts";
import { goRfc3339Nano, goRfc3339Seconds } from "../format/go-text.ts";
import type { Reply } from "../http/reply.ts";
import { mix, SeededRandom, textSeed } from "../traffic/seeded-random.ts";

/** One instance in a ring. */
export interface RingMember {
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  readonly registeredMs: number;
  /** Where it is known; else the member is well, and its heartbeat some seconds old. */
  readonly state?: "ACTIVE" | "JOINING" | "LEAVING" | "UNHEALTHY";
  readonly heartbeatMs?: number;
  /** How often it has thrown its tokens away; others have those of their name. */
  readonly tokenEpoch?: number;
}

export interface RingPage {
  readonly members: readonly RingMember[];
  readonly tokensEach: number;
}

/** Tokens of an instance: the same for the same id, spread over 2^32. */
function tokensOf({ id, tokenEpoch = 0 }: RingMember, count: number): number[] {
  const random = new SeededRandom(mix(textSeed(id), 77, tokenEpoch));
  const tokens = new Set<number>();
  while (tokens.size < count) tokens.add(Math.floor(random.next() * 4_294_967_296));
  return [...tokens].sort((a, b) => a - b);
}

/** JSON where it is asked for, else the page that people see. */
export function ringReply(page: RingPage, acceptsJson: boolean, nowMs: number): Reply {
  const members = [...page.members].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (acceptsJson) {
    const shards = members.map((member) => ({
      id: member.id,
      state: member.state ?? "ACTIVE",
      address: member.address,
      timestamp: goRfc3339Seconds(heartbeatMs(member, nowMs)),
      registered_timestamp: goRfc3339Seconds(member.registeredMs),
      read_only: false,
      read_only_updated_timestamp: "0001-01-01T00:00:00Z",
      zone: member.zone,
      tokens: tokensOf(member, page.tokensEach),
    }));
    const now = goRfc3339Nano(BigInt(Math.floor(nowMs * 1_000)) * 1_000n);
    const body = `${goJson({ shards: shards.length === 0 ? null : shards, now })}\n`;
    return { status: 200, contentType: "application/json", body };
  }
  return { status: 200, contentType: "text/html", body: ringHtml(members, page.tokensEach, nowMs) };
}

function heartbeatMs(member: RingMember, nowMs: number): number {
  return member.heartbeatMs ?? nowMs - (mix(textSeed(member.id), Math.floor(nowMs / 5_000)) % 5_000);
}

function ringHtml(members: readonly RingMember[], tokens: number, nowMs: number): string {
  const share = members.length === 0 ? 0 : 100 / members.length;
  const rows = members.map((member) => {
    const agoMs = nowMs - heartbeatMs(member, nowMs);
    const time = new Date(nowMs - agoMs).toISOString().slice(11, 19);
    return `
        <tr bgcolor="#BEBEBE">
            <td>${escapeHtml(member.id)}</td>
            <td>${escapeHtml(member.zone)}</td>
            <td>${member.state ?? "ACTIVE"}</td>
            <td>${escapeHtml(member.address)}</td>
            <td>${goRfc3339Seconds(member.registeredMs)}</td>
            <td>false</td>
            <td></td>
            <td>${(agoMs / 1_000).toFixed(3)}s ago (${time})</td>
            <td>${tokens}</td>
            <td>${share.toFixed(2)}%</td>
            <td>
                <button name="forget" value="${escapeHtml(member.id)}" type="submit">Forget</button>
            </td>
        </tr>`;
  });
  const heads = [
    "Instance ID",
    "Availability Zone",
    "State",
    "Address",
    "Registered At",
    "Read-Only",
    "Read-Only Updated",
  ];
  const columns = [...heads, "Last Heartbeat", "Tokens", "Ownership", "Actions"];
  return `<!DOCTYPE html>
<html>
<head>
    <meta charset="UTF-8">
    <title>Ring Status</title>
</head>
<body>
<h1>Ring Status</h1>
<p>Current time: ${escapeHtml(new Date(nowMs).toISOString())}</p>
<form action="" method="POST">
    <input type="hidden" name="csrf_token" value="$__CSRF_TOKEN_PLACEHOLDER__">
    <table width="100%" border="1">
        <thead>
        <tr>
${columns.map((column) => `            <th>${column}</th>`).join("\n")}
        </tr>
        </thead>
        <tbody>${rows.join("")}
        </tbody>
    </table>
</form>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"+]/g, (character) => `&#${character.charCodeAt(0)};`);
}
