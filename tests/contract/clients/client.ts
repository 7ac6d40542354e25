// Lists, exports and downloads with the types that openapi-typescript has made.

import createClient from "openapi-fetch";
import type { paths } from "./transload.d.ts";

declare const process: { argv: string[] };

const [url, token] = process.argv.slice(2);
const client = createClient<paths>({
  baseUrl: url!,
  headers: { Authorization: `Bearer ${token}` },
});

const page = (await client.GET("/api/v3/data")).data!.data;
const answer = await client.POST("/api/v3/data/export", {
  params: { query: { download: "json", fields: "dataId" } },
});
const link = new URL(answer.data!.data.link!);
const [day, name] = link.pathname.split("/").slice(-2);
const file = await client.GET("/files/{day}/{name}", {
  params: { path: { day: day!, name: name! }, query: Object.fromEntries(link.searchParams) },
});
console.log(
  JSON.stringify({
    listed: page.data.map((record) => record.dataId),
    total: page.total,
    exported: file.data,
  }),
);
